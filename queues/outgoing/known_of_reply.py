"""What is known of a reply that waits, in words: what was tried, and what would prove that it arrived."""

from __future__ import annotations

from collections.abc import Callable

from data.records.outbox import OutboxEntry, OutboxState, Proof

_MAIL = "email:"
_AWAITED = {
    Proof.REPORT: "a delivery report was asked for and has not come",
    Proof.COPY: "the copy to your own address has not come back",
}


def known_of(entry: OutboxEntry, time: Callable[[int], str]) -> list[str]:
    """Return what is known besides the reason; `time` writes Unix seconds as a time of day or a date."""
    if entry.state is OutboxState.IN_DOUBT:
        return _of_doubt(entry, time) if entry.connector.startswith(_MAIL) else []
    known = [f"{entry.attempts} attempts"] if entry.attempts > 1 else ["1 attempt"] if entry.attempts else []
    if entry.state is OutboxState.QUEUED:
        known.append(f"{'next attempt' if entry.attempts else 'leaves'} {time(entry.due_at)}")
    return known


def _of_doubt(entry: OutboxEntry, time: Callable[[int], str]) -> list[str]:
    known = [_AWAITED[proof] for proof in (Proof.REPORT, Proof.COPY) if proof in entry.proofs]
    if Proof.REPORT not in entry.proofs:
        known.append("no delivery report was asked for")
    if entry.looked_at is None:
        known.append("the sent mail was not searched yet")
    else:
        known.append(f"not in the sent mail {time(entry.looked_at)}")
    return known
