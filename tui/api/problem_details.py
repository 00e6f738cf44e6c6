"""What went wrong with a request, as RFC 9457 has it: the error that the command line would print, and a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from data.errors import (
    ConflictError,
    ConnectorError,
    DeskError,
    GateError,
    InputError,
    LeftError,
    RuleError,
    StoreError,
)
from tui.look.shown import safe_text
from tui.look.words import translated, words
from tui.terminal.crash_report import fault_place

MEDIA_TYPE = "application/problem+json"
_TYPES = {
    400: "bad-request",
    401: "no-token",
    403: "not-allowed",
    404: "not-found",
    405: "not-found",
    408: "too-slow",
    409: "conflict",
    413: "too-large",
    415: "not-json",
    422: "refused",
    500: "fault",
    502: "remote",
    503: "busy",
}
"""What a problem's `type` ends with, by status; clients that know more look at the status."""


class ProblemError(Exception):
    """A refused request; `more` are members besides those of the RFC: open gates, the action that has left."""

    def __init__(self, status: int, title: str, detail: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.more = status, title, detail, more or {}

    @property
    def members(self) -> dict[str, Any]:
        """Return the problem as JSON has it."""
        kind = f"urn:tridesk:problem:{_TYPES.get(self.status, 'bad-request')}"
        return {"type": kind, "title": self.title, "status": self.status, "detail": self.detail, **self.more}


def problem_of(error: Exception) -> ProblemError:
    """Return the problem of any error; a fault of the program names its place, and nothing of the request."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, click.UsageError):
        return ProblemError(400, words("Wrong usage"), safe_text(translated(error.format_message())))
    if isinstance(error, DeskError):
        return ProblemError(_status(error), translated(error.title), safe_text(translated(error.message)), _more(error))
    text = words("A fault of the program itself, {place}; please report it.").format(place=fault_place(error))
    return ProblemError(500, words("Fault"), text)


def _status(error: DeskError) -> int:
    if error.title.startswith("No such") and not isinstance(error, StoreError):
        return 404
    if error.title == "Not allowed":
        return 403
    of_kind = {
        ConflictError: 409, LeftError: 409, RuleError: 422, InputError: 400, ConnectorError: 502, StoreError: 503,
    }  # fmt: skip
    return next((status for kind, status in of_kind.items() if isinstance(error, kind)), 500)


def _more(error: DeskError) -> dict[str, Any]:
    if isinstance(error, GateError):
        return {"steps": list(error.steps)}
    return {"action": error.action} if isinstance(error, LeftError) else {}
