"""Languages outside the model, by langdetect: loaded with the first use, once, seeded, one call at a time."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

_one_at_a_time = threading.Lock()
_NAMES = {"zh-cn": "zh", "zh-tw": "zh"}


def guess(text: str) -> tuple[str, float]:
    """Return langdetect's best language and its probability; `("", 0.0)` if it has no evidence."""
    with _one_at_a_time:
        factory, nothing_found = _factory()
        detector = factory.create()
        detector.seed = 0
        detector.append(text)
        try:
            best = next(iter(detector.get_probabilities()), None)
        except nothing_found:
            return "", 0.0
    return ("", 0.0) if best is None else (_NAMES.get(best.lang, best.lang), float(best.prob))


@cache
def _factory() -> tuple[Any, type[Exception]]:
    from langdetect import detector_factory, lang_detect_exception

    detector_factory.DetectorFactory.seed = 0  # it draws at random otherwise and changes its answer from run to run
    detector_factory.init_factory()
    # langdetect's public functions build on this one too, but seed no detector
    return detector_factory._factory, lang_detect_exception.LangDetectException
