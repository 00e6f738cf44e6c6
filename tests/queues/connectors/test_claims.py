"""A claim on a system that lets the last one win: looked at again until the owner stays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, cycle, repeat

import pytest

from queues.connectors.base import RemoteTicket
from queues.connectors.claims import TRIES, settled


def seen(owners: Iterator[str]) -> tuple[str, int]:
    """Return whose a ticket is that looks like this, and how often it was looked at."""
    looked: list[str] = []

    def look() -> RemoteTicket:
        looked.append(next(owners))
        return RemoteTicket("1", "open", looked[-1], "", "")

    return settled(lambda: None, look, 0.0).owner, len(looked)


@pytest.mark.parametrize(
    ("owners", "owner", "looks"),
    [(["ana"], "ana", 2), (["ana", "eva"], "eva", 3), (["ana", "", "eva", "ida"], "ida", 5)],
)
def test_the_owner_that_stays_has_it(owners: list[str], owner: str, looks: int) -> None:
    assert seen(chain(owners, repeat(owners[-1]))) == (owner, looks)


def test_a_ticket_that_never_settles_is_left_at_last() -> None:
    assert seen(cycle(["ana", "eva"]))[1] == TRIES + 1
