"""The one error family. What reaches an agent is a title and one sentence: what happened, where, what to do.

DeskError
├── StoreError      the file cannot be opened, read or written
├── InputError      something given to us (a file, a rule, an option) cannot be used
├── RuleError       a rule of the desk forbids the action (status, gate, hole)
│   ├── ConflictError   the ticket changed since it was read
│   ├── GateError       steps of the ticket's procedure come first
│   └── LeftError       a reply has left; the rest of its action can still be undone
└── ConnectorError  a remote system refused or could not be reached
    ├── UnreachableError  no way to it now: wait, nothing was refused
    ├── RefusedError      it will never take this; trying again is pointless
    ├── HeldError         it was not taken because the ticket changed there: an agent decides
    └── DoubtError        the connection was lost before the answer: the outcome is unknown
"""

from __future__ import annotations


class DeskError(Exception):
    """A failure to show to an agent: `title` in a few words, `message` in one sentence that says what to do."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(f"{title}: {message}")
        self.title = title
        self.message = message


class StoreError(DeskError):
    """The store file is missing, damaged, foreign, locked, full or read-only."""


class InputError(DeskError):
    """A file, rule, template or option given to us cannot be used; the message names the place."""


class RuleError(DeskError):
    """A rule of the desk forbids what was asked."""


class ConflictError(RuleError):
    """The ticket changed since the caller read it; nothing was written."""


class LeftError(RuleError):
    """What an action sent has left and cannot be called back; the rest of action `action` can still be undone."""

    def __init__(self, title: str, message: str, action: int) -> None:
        super().__init__(title, message)
        self.action = action


class ReasonError(RuleError):
    """The agent may do it all the same, with a reason that is kept."""


class GateError(RuleError):
    """Steps of the ticket's procedure come first; `steps` are their ids, in order."""

    def __init__(self, title: str, message: str, steps: tuple[str, ...]) -> None:
        super().__init__(title, message)
        self.steps = steps


class ConnectorError(DeskError):
    """A remote system refused, failed or could not be reached."""


class UnreachableError(ConnectorError):
    """A remote system cannot be reached now; what waits for it goes on waiting."""


class RefusedError(ConnectorError):
    """A remote system refused for good; trying again is useless."""


class HeldError(ConnectorError):
    """A reply was not taken because its ticket changed there in the meantime; it waits for the agent."""


class DoubtError(ConnectorError):
    """A reply was handed over, but the answer never came: it may have been taken or not."""
