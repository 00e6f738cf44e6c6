"""What is likely before a word is read: our market's shares, and the language a returning customer wrote before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

MARKET: Mapping[str, float] = {"en": 0.35, "es": 0.35, "pt": 0.06, "ca": 0.03, "gl": 0.03}
REST = 0.18
"""Shared by the languages that `MARKET` does not name."""
WEIGHT = 0.39
"""How much a prior counts against the words; 1 would be Bayes' rule, which trusts it too far."""
CUSTOMER = 0.9
"""How often a returning customer writes in the language of before."""


@lru_cache(maxsize=64)
def log_priors(labels: Sequence[str], customer_language: str = "") -> tuple[float, ...]:
    """Return what to add to the logits of `labels`, in their order."""
    unnamed = sum(label not in MARKET for label in labels)
    shares = [MARKET.get(label, REST / max(unnamed, 1)) for label in labels]
    if customer_language in labels:
        shares = [
            CUSTOMER if label == customer_language else (1 - CUSTOMER) * share
            for label, share in zip(labels, shares, strict=True)
        ]
    return tuple(WEIGHT * math.log(share) for share in shares)
