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


LEAST_REST = 0.03
"""What the languages that a market does not name share at least: no one's market is a closed door."""

Market = tuple[tuple[str, float], ...]
"""Languages and their shares; empty for `MARKET`. A tuple, so that the sums are kept."""


def market_of(shares: Mapping[str, float]) -> Market:
    """Return the market that a configuration names: shares of 1, made smaller where they add up to more."""
    given = {language: share for language, share in shares.items() if share > 0}
    scale = max(1.0, sum(given.values()) / (1 - LEAST_REST))
    return tuple(sorted((language, share / scale) for language, share in given.items()))


@lru_cache(maxsize=64)
def log_priors(labels: Sequence[str], customer_language: str = "", market: Market = ()) -> tuple[float, ...]:
    """Return what to add to the logits of `labels`, in their order."""
    named = dict(market) or MARKET
    rest = max(LEAST_REST, 1 - sum(named.values())) if market else REST
    unnamed = sum(label not in named for label in labels)
    shares = [named.get(label, rest / max(unnamed, 1)) for label in labels]
    if customer_language in labels:
        shares = [
            CUSTOMER if label == customer_language else (1 - CUSTOMER) * share
            for label, share in zip(labels, shares, strict=True)
        ]
    return tuple(WEIGHT * math.log(share) for share in shares)
