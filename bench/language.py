"""Time language detection against langdetect, on a set of texts given as an argument.

    python bench/language.py SET.tsv        (text, label, … in columns; `\\n` is a line break)

Prints loading time, memory, texts a second and the p50 and p99 of a call, and how much faster than langdetect.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Give one argument: a TSV file with the texts in its first column.")
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    texts = [row.split("\t")[0].replace("\\n", "\n") for row in rows]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    from queues.language import detect

    detect("warm up, please")
    loaded = time.perf_counter() - started
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    detect("Ovo je rečenica na jeziku koji ne znamo.", cut=0.0)  # loads langdetect, which both sides use
    ours = sorted(_timed(detect, text) for text in texts)
    print(f"import + first answer {loaded * 1000:.0f} ms, memory {memory:.0f} MB")
    print(f"p50 {statistics.median(ours) * 1000:.3f} ms, p99 {ours[len(ours) * 99 // 100] * 1000:.2f} ms")
    theirs = [_timed(_langdetect, text) for text in texts]
    print(f"{len(texts) / sum(ours):.0f} texts/s; langdetect {len(texts) / sum(theirs):.0f} texts/s", end="")
    print(f"; {sum(theirs) / sum(ours):.1f} times as fast")


def _langdetect(text: str) -> None:
    import langdetect

    try:
        langdetect.detect(text)
    except langdetect.LangDetectException:
        return


def _timed(function: object, text: str) -> float:
    assert callable(function)
    started = time.perf_counter()
    function(text)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
