"""Language detection compared with langdetect: accuracy, calibration and speed, on the project's texts and on your own.

    python -m bench.language [SET.tsv …]        (text, label, bucket in columns; `\\n` is a line break)

Prints per sort of text how many are right when an answer is forced, how many are answered at the desk's cut and how
many of those are right; coverage at 99.5 % precision; calibration; returning customers; the time and memory it takes.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.language_set import Case, cases_of, own_cases, wrappers
from queues.language.detector import Detection, detect
from queues.language.templates import KnownTexts
from queues.language.tokens import words

UNKNOWN = "und"
PRECISION = 0.995
SHORT = 8
"""Words."""


def main(paths: Sequence[str] = ()) -> None:
    loading()
    known = KnownTexts(frame.replace("{message}", "") for _, _, frame in wrappers())
    report("the project's own texts", own_cases(), known)
    for path in paths:
        report(path, cases_of(Path(path)), None)


def loading() -> None:
    """Time the first answer; run before anything else has been detected."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    detect("warm up, please")
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"first answer after {(time.perf_counter() - started) * 1000:.0f} ms, {memory:.0f} MB")


def report(name: str, cases: Sequence[Case], known: KnownTexts | None) -> None:
    detect("Ovo je rečenica na jeziku koji ne znamo.", cut=0.0)  # loads langdetect, which both sides use
    found = [detect(case.text) for case in cases]
    theirs = [_langdetect(case.text) for case in cases]
    print(f"\n{name}: {len(cases)} texts\n{'':28}{'n':>5} {'forced':>7} {'langdet.':>8} {'answered':>8} {'right':>7}")
    sorts = dict.fromkeys(case.bucket.split()[0] for case in cases)
    groups = {sort: [at for at, one in enumerate(cases) if one.bucket.split()[0] == sort] for sort in sorts}
    groups["short (<= 8 words)"] = short = [at for at, one in enumerate(cases) if _is_short(one)]
    groups["short, English and Spanish"] = [at for at in short if cases[at].labels[0] in ("en", "es")]
    groups["all"] = list(range(len(cases)))
    for group, places in groups.items():
        if places:
            _line(group, [(cases[at], found[at], theirs[at]) for at in places])
    if known is not None:
        mails = [(case, detect(case.text, known_texts=known), "") for case in cases if case.bucket.startswith("mail")]
        _line("mail, templates loaded", mails)
    spoken = [(case, one) for case, one in zip(cases, found, strict=True) if case.labels != (UNKNOWN,)]
    print(f"coverage at {PRECISION:.1%} precision {coverage(spoken):.3f}; calibration error {calibration(spoken):.3f}")
    _returning([case for case in cases if _is_short(case)])
    _times([case.text for case in cases])


def coverage(spoken: Sequence[tuple[Case, Detection]]) -> float:
    """Return the share of texts answered at the lowest confidence that keeps to the precision."""
    ranked = sorted(((one.confidence, one.best in case.labels) for case, one in spoken), reverse=True)
    right = best = 0
    for count, (_, good) in enumerate(ranked, 1):
        right += good
        if right / count >= PRECISION:
            best = count
    return best / len(ranked)


def calibration(spoken: Sequence[tuple[Case, Detection]]) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al., 2015)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for case, one in spoken:
        bins.setdefault(min(9, int(one.confidence * 10)), []).append((one.confidence, one.best in case.labels))
    return sum(abs(sum(good for _, good in held) - sum(sure for sure, _ in held)) for held in bins.values()) / len(
        spoken
    )


def _line(group: str, rows: Sequence[tuple[Case, Detection, str]]) -> None:
    noise = [UNKNOWN in case.labels and len(case.labels) == 1 for case, _, _ in rows]
    forced = sum(
        (one.language if quiet else one.best) in case.labels for (case, one, _), quiet in zip(rows, noise, strict=True)
    )
    theirs = sum(their in case.labels for case, _, their in rows)
    answered = [(case, one) for case, one, _ in rows if one.language != UNKNOWN]
    right = sum(one.language in case.labels for case, one in answered) / max(1, len(answered))
    size = len(rows)
    shown = f"{theirs / size:8.3f}" if rows[0][2] else " " * 8
    print(
        f"{group:28}{size:5} {forced / size:7.3f} {shown} {len(answered) / size:8.3f} {right if answered else 1:7.3f}"
    )


def _returning(cases: Sequence[Case]) -> None:
    """Simulate customers whose earlier language is known: in nine texts of ten it is the right one."""
    others = ("en", "es", "pt", "ca", "fr")
    right = 0
    for at, case in enumerate(cases):
        wrong = next(other for other in others[at % 5 :] + others if other not in case.labels)
        earlier = wrong if at % 10 == 9 else case.labels[0]
        right += detect(case.text, customer_language=earlier).best in case.labels
    print(f"returning customers, nine of ten in the language of before: {right / max(1, len(cases)):.3f} of the short")


def _times(texts: Sequence[str]) -> None:
    ours = sorted(_timed(detect, text) for text in texts)
    theirs = [_timed(_langdetect, text) for text in texts]
    print(f"p50 {statistics.median(ours) * 1000:.3f} ms, p99 {ours[len(ours) * 99 // 100] * 1000:.2f} ms; "
          f"{len(texts) / sum(ours):,.0f} texts/s, langdetect {len(texts) / sum(theirs):,.0f}: "
          f"{sum(theirs) / sum(ours):.1f} times as fast")  # fmt: skip


def _is_short(case: Case) -> bool:
    return UNKNOWN not in case.labels and 0 < len(words(case.text)) <= SHORT and not case.bucket.startswith("mail")


def _langdetect(text: str) -> str:
    import langdetect

    try:
        return str(langdetect.detect(text)).partition("-")[0]
    except langdetect.LangDetectException:
        return UNKNOWN


def _timed(function: object, text: str) -> float:
    assert callable(function)
    started = time.perf_counter()
    function(text)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1:])
