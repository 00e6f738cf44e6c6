"""Begin a shift and ends: who, when, what they knew of the rules, and the hand-over for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.errors import RuleError
from data.records.shifts import Shift
from data.store import Store
from data.tables.events import NO_TICKET
from queues.ground.undo_steps import Step, StepKind, old_and_new

BEGAN, ENDED = "shift began", "shift ended"
"""Events about no ticket."""
KNOWN = "shift "
"""Before the kind of a wording: what it said when the agent's latest shift began."""

Wordings = Mapping[tuple[str, str], str]
"""What each procedure and macro says, by kind and name."""


@dataclass(frozen=True, slots=True)
class Revised:
    """A procedure or macro that reads otherwise than when the agent's latest shift began."""

    kind: str
    name: str
    old: str
    """Empty for a new one."""
    new: str
    """Empty for one that is gone."""


def going_on(store: Store, agent: str) -> Shift | None:
    """Return the shift that the agent is in, None outside of one."""
    shift = store.shifts.latest(agent)
    return shift if shift is not None and shift.ended_at is None else None


def is_over(store: Store, shift: Shift, now: int, away_seconds: int) -> bool:
    """Return whether a shift that was not ended is over: its agent has done nothing for so long."""
    return now - max(store.actions.last_at(shift.agent) or 0, shift.began_at) >= away_seconds


def begin(store: Store, agent: str, now: int, wordings: Wordings) -> Shift:
    """Begin a shift; one that was never ended ends with the agent's last action in it. Inside a transaction."""
    before = going_on(store, agent)
    if before is not None:
        last = store.actions.last_at(agent) or before.began_at
        _turn(store, before, None, min(now, max(last, before.began_at)), "", now, agent)
    for event in [of_kind for of_kind in store.events.of_kinds(NO_TICKET, [ENDED]) if of_kind.actor == agent][-1:]:
        store.actions.mark(event.action, "settled")  # `undo` ignores it
    for kind in dict.fromkeys(kind for kind, _ in wordings):
        store.known_wordings.forget(agent, KNOWN + kind)
    for (kind, name), text in wordings.items():
        store.known_wordings.save(agent, KNOWN + kind, name, text, now)
    number = store.shifts.begin(agent, now, store.events.newest())
    store.events.add(store.actions.begin(agent, now), NO_TICKET, now, agent, BEGAN, {"shift": number})
    shift = store.shifts.get(number)
    assert shift is not None
    return shift


def end(store: Store, agent: str, now: int, note: str) -> tuple[Shift, int, list[Step]]:
    """End the agent's shift with its hand-over; return it, the action, which is to be finished, and its steps.

    Inside a transaction. Raises RuleError if no shift goes on.
    """
    shift = going_on(store, agent)
    if shift is None:
        raise RuleError("No shift", "You have not begun a shift; `tridesk shift start` begins one.")
    action = _turn(store, shift, None, now, note, now, agent)
    step: Step = {
        "kind": "shift", "ticket": NO_TICKET, "row": shift.id, "before": [None, shift.note], "after": [now, note]
    }  # fmt: skip
    result = store.shifts.get(shift.id)
    assert result is not None
    return result, action, [step]


def _turn_step(store: Store, step: Step, *, forward: bool) -> None:
    """Take the end of a shift back, or do it again. Raises RuleError where the agent's next shift began since."""
    old, new = old_and_new(step, forward=forward)
    shift = store.shifts.get(step["row"])
    latest = store.shifts.latest(shift.agent) if shift is not None else None
    if shift is None or latest is None or latest.id != shift.id or not store.shifts.turn(shift.id, old[0], *new):
        raise RuleError(
            "Shift is over", "Another shift has begun since, so the end of the previous shift cannot be undone."
        )


def revised(store: Store, agent: str, wordings: Wordings) -> list[Revised]:
    """Return what procedures and macros say otherwise than when the agent's latest shift began; none at the first."""
    revisions: list[Revised] = []
    for kind in dict.fromkeys(kind for kind, _ in wordings):
        known = store.known_wordings.of(agent, KNOWN + kind)
        now = {name: text for (of_kind, name), text in wordings.items() if of_kind == kind}
        if known:
            revisions += [
                Revised(kind, name, known.get(name, ""), now.get(name, ""))
                for name in sorted(known.keys() | now.keys())
                if known.get(name, "") != now.get(name, "")
            ]
    return revisions


def seconds_worked(store: Store, agent: str, since: int, until: int) -> int:
    """Return how long the agent's shifts lasted within `[since, until)`."""
    return sum(shift.seconds(since, until) for shift in store.shifts.between(agent, since, until))


def _turn(store: Store, shift: Shift, before: int | None, at: int, note: str, now: int, agent: str) -> int:
    store.shifts.turn(shift.id, before, at, note)
    action = store.actions.begin(agent, now)
    store.events.add(action, NO_TICKET, now, agent, ENDED, {"shift": shift.id, "at": at, "note": bool(note)})
    return action


STEP_KINDS = {"shift": StepKind(_turn_step)}
