"""Customers, and the addresses and handles by which they are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.records.tickets import UNKNOWN_LANGUAGE


@dataclass(frozen=True, slots=True)
class Identity:
    """One way a customer is known: an address or a handle."""

    kind: str
    """`email`, `handle` or `phone`."""
    value: str
    """Folded to lower case."""
    since: int = field(default=0, compare=False)
    """When the desk first saw it, 0 if it is known for longer than that is kept."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who writes to us."""

    id: int
    name: str
    identities: tuple[Identity, ...] = ()
    language: str = UNKNOWN_LANGUAGE
    """Remembered from an agent's correction or from earlier messages."""
    register: str = ""
    """How Spanish addresses them: `tu`, `usted`, `vos`, or empty for the house default."""
    region: str = ""
    """A locale such as `es-MX`, or empty."""
    tier: str = "standard"
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A customer whose data must be kept."""

    id: int
    customer_id: int
    reason: str
    at: int
    actor: str
    lifted_at: int | None = None
    lifted_by: str = ""
