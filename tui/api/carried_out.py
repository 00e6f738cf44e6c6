"""Carries requests out, each on a desk of its own: as a command would, by the settings and the file as they are now."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from data.tables.answered_requests import Answered
from tui.api.operations import Operation
from tui.api.problem_details import ProblemError
from tui.api.request_values import Asked
from tui.api.turns import Turns
from tui.look.shown import shown_values
from tui.look.words import words
from tui.setup.clock import wall_clock
from tui.setup.open_desk import open_desk

KEPT_SECONDS = 7 * 86_400
"""How long a request is remembered, so that it is not carried out a second time."""


class Result(NamedTuple):
    """What a request is answered with."""

    answer: Any
    """An object, a list of objects, or None for nothing."""
    is_repeated: bool = False
    """It was carried out before, and this is the answer of then."""


def carry_out(path: Path, operation: Operation, asked: Asked, key: str, turns: Turns) -> Result:
    """Carry a request out; one that changes something only once for its key. Raises DeskError and ProblemError."""
    desk = open_desk(path, create=False)
    with closing(desk.store):
        if operation.read is not None:
            answer = operation.read(desk, asked)
            return Result(answer if operation.as_given else shown_values(answer))
        assert operation.prepare is not None
        name, wanted = sha256(key.encode("utf-8", "surrogateescape")).digest(), _hash_of(operation, asked)
        answered = desk.store.answered_requests
        if earlier := answered.get(name):
            return _repeated(earlier, wanted)
        carry = operation.prepare(desk, asked)
        with turns.turn(), desk.store.write():
            if earlier := answered.get(name):  # the same request came twice at once
                return _repeated(earlier, wanted)
            answer, now = shown_values(carry()), wall_clock()
            answered.forget(now - KEPT_SECONDS)
            about = answer["tickets"][0] if len(answer["tickets"]) == 1 else 0
            answered.add(name, Answered(wanted, answer), ticket_id=about, at=now)
        return Result(answer)


def _repeated(earlier: Answered, wanted: bytes) -> Result:
    if earlier.asked != wanted:
        text = words("This Idempotency-Key was used for another request; give each request a key of its own.")
        raise ProblemError(422, words("Key used before"), text)
    return Result(earlier.answer, is_repeated=True)


def _hash_of(operation: Operation, asked: Asked) -> bytes:
    return sha256(operation.path.encode() + b"\n" + msgspec.json.encode(asked, order="deterministic")).digest()
