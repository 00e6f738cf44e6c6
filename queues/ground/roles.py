"""Roles: who may change tickets, see masked data, export, erase and review. They prevent mistakes, not an intruder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from data.errors import RuleError

P = ParamSpec("P")
T = TypeVar("T")
EVERYONE = "*"
"""The name in the settings for all agents who are not named."""


class Role(StrEnum):
    """What an agent is on this desk."""

    READER = "reader"
    AGENT = "agent"
    LEAD = "lead"


class Right(StrEnum):
    """What a role may do, as a sentence about it says."""

    READ = "read tickets"
    WORK = "change tickets or write to customers"
    REVEAL = "see masked data"
    EXPORT = "export data"
    ERASE = "erase, hold or hand over personal data"
    REVIEW = "review other agents"
    RESTORE = "restore the desk file"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.READ}),
    Role.AGENT: frozenset({Right.READ, Right.WORK, Right.REVEAL}),
    Role.LEAD: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Access:
    """An agent and the roles of the desk."""

    agent: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    """By agent; empty where the desk has no roles, and everyone may do everything."""

    @property
    def role(self) -> Role:
        """Return the agent's role."""
        if not self.roles:
            return Role.LEAD
        return self.roles.get(self.agent, self.roles.get(EVERYONE, Role.AGENT))

    def may(self, right: Right) -> bool:
        """Return whether the agent's role has a right."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raise RuleError unless the agent's role has a right."""
        if not self.may(right):
            able = " or ".join(role for role in Role if right in RIGHTS[role])
            raise RuleError(
                "Not allowed",
                f"{self.agent} is a {self.role} on this desk and may not {right}; ask a {able}, or see `[roles]`.",
            )


class HasAccess(Protocol):
    """What knows the agent that it works for."""

    @property
    def access(self) -> Access:
        """The agent and the roles."""
        ...


S = TypeVar("S", bound=HasAccess)


def needs(right: Right) -> Callable[[Callable[Concatenate[S, P], T]], Callable[Concatenate[S, P], T]]:
    """Let a method run only for a role that has this right; it raises RuleError for the others."""

    def checking(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
        @wraps(method)
        def checked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
            self.access.require(right)
            return method(self, *args, **kwargs)

        return checked

    return checking
