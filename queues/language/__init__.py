"""Which language a customer wrote in: clean, script, own small model, priors, confidence, open world.

It imports `data`, `queues.quotes.new_text` and `queues.quotes` only; `detect` is the way in.
"""

from queues.language.detector import Detection, detect
from queues.language.templates import KnownTexts

__all__ = ["Detection", "KnownTexts", "detect"]
