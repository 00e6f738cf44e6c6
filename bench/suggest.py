"""Suggestions on the demo's own messages, labelled by topic: how often right, and what a look costs as history grows.

Prints shares next to those by use alone, and processor times, so that other load does not count.
"""

from __future__ import annotations

import random
import statistics
import time

from data.demo import texts as demo_texts
from macros.suggesting.evaluation import Example, evaluate
from macros.suggesting.suggest import Suggester

SIZES = (1_000, 10_000)
LOOKS = 200
LEAST = 20
"""Messages of a language without which a share says nothing."""


def main() -> None:
    history = [Example(text.text, text.topic, text.language) for text in demo_texts()]
    random.Random(1).shuffle(history)
    found = evaluate(history, Suggester())
    for name, score in (("all", found.whole), *found.languages.items()):
        if score.ranked < LEAST:
            continue
        print(
            f"suggest {name}: {found.learned} learned, {score.ranked} ranked, first {score.share(score.first)} %, "
            f"in 3 {score.share(score.in_three)} %; by use alone {score.share(score.used_first)} %, "
            f"{score.share(score.used_in_three)} %"
        )
    times = [_times(history, size) for size in SIZES]
    for size, (look, learn) in zip(SIZES, times, strict=True):
        print(f"suggest at {size} answers: a look {look * 1000:.2f} ms, learning one more {learn / look:.2f} of a look")
    print(f"suggest: ten times the history makes a look {times[1][0] / times[0][0]:.1f} times as long")


def _times(history: list[Example], size: int) -> tuple[float, float]:
    """Return the medians of a look and of learning one answer, in seconds, with `size` answers learned."""
    chance, suggester = random.Random(2), Suggester()
    texts = [_mixed(chance, history) for _ in range(size + LOOKS)]
    for text, topic in texts[:size]:
        suggester.learn(text, topic)
    looks = [_timed(lambda text=text: suggester.suggest(text)) for text, _ in texts[size:]]
    learns = [_timed(lambda text=text, topic=topic: suggester.learn(text, topic)) for text, topic in texts[size:]]
    return statistics.median(looks), statistics.median(learns)


def _mixed(chance: random.Random, history: list[Example]) -> tuple[str, str]:
    """Return a message made of two of one topic: there are more of those than of messages."""
    one = chance.choice(history)
    other = chance.choice([each for each in history if each.macro == one.macro])
    first, second = one.text.split(), other.text.split()
    return " ".join(first[: len(first) // 2 + 1] + second[len(second) // 2 :]), one.macro


def _timed(call: object) -> float:
    assert callable(call)
    started = time.thread_time()
    call()
    return time.thread_time() - started


if __name__ == "__main__":
    main()
