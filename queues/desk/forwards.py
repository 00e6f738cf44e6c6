"""Forwards in the desk: how an answer refers to one, and which mails on their way are for others than the customer.

The mail has an id that only we issue, as its Message-ID and in the subject: `[F-3-3f9a0c1e]`.
"""

from __future__ import annotations

import re

from data.records.forwards import SentForward
from data.records.incoming import Incoming
from data.store import Store
from queues.ground.undo_steps import Step, StepKind

KIND = "forward"
"""The kind of the step."""
_MARK = re.compile(r"\[F-(\d{1,15})-([0-9a-f]{8})\]")


def subject_mark(number: int, message_id: str) -> str:
    """Return the id in the subject of a forward and of its answer: `[F-3-3f9a0c1e]`."""
    return f"[F-{number}-{_code(message_id)}]"


def forward_of(store: Store, item: Incoming) -> SentForward | None:
    """Return the forward whose id an incoming mail has, whoever sent it, or whose answer it goes on from."""
    named = store.forwards.by_message_ids((*item.references, *([item.message_id] if item.message_id else [])))
    if named is not None:
        return named
    for number, code in _MARK.findall(item.subject):
        forward = store.forwards.get(int(number))
        if forward is not None and _code(forward.message_id) == code:
            return forward
    return store.forwards.continued(item.from_address.casefold(), item.references)


def _code(message_id: str) -> str:
    """Return the beginning of the random part of our Message-ID."""
    return message_id.partition("@")[0].rpartition(".")[2][:8]


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    store.forwards.withdraw(step["row"], not forward)


STEP_KINDS = {KIND: StepKind(_turn)}
