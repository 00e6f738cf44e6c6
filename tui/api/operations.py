"""The one list of what programs may ask: paths, values, and the functions that the commands of the same name use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from data.errors import InputError
from data.records.changes import Change
from data.records.tickets import Status
from tui.api import request_values as values
from tui.api.feed import changes_after
from tui.cli import acting, deciding, event_log, lanes, listing
from tui.look.written_values import iso

if TYPE_CHECKING:
    from queues.desk.desk import Desk

Answer = dict[str, Any]
Read = Callable[["Desk", Any], "Answer | list[Answer] | None"]
Prepare = Callable[["Desk", Any], Callable[[], Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that is served: GET where nothing but the address is needed, else POST."""

    path: str
    command: str
    """The command whose documented keys the answer has."""
    summary: str
    asked: type[values.Asked]
    read: Read | None = None
    """Returns an object, a list of objects, or None for nothing."""
    prepare: Prepare | None = None
    """Of a change: whatever takes time, before the file is locked; returns what is done in the transaction."""
    method: str = "GET"
    answers_many: bool = False
    may_be_nothing: bool = False
    as_given: bool = False
    """The answer holds nothing of the desk's tickets, so nothing in it is masked."""
    extra: tuple[str, ...] = ()
    """Keys of the answer that the command does not have."""

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return self.prepare is not None


def _list(desk: Desk, asked: values.ListAsked) -> list[Answer]:
    status = str(asked.status) if asked.status is not None else None
    return list(
        listing.listed(
            desk.store, lane=asked.lane, status=status, field=asked.field, everything=asked.all, limit=asked.limit
        )
    )


def _show(desk: Desk, asked: values.TicketAsked) -> Answer:
    return listing.ticket_with_conversation(desk.store, asked.ticket)


def _history(desk: Desk, asked: values.TicketAsked) -> list[Answer]:
    return event_log.events_of(desk.store, asked.ticket)


def _search(desk: Desk, asked: values.SearchAsked) -> list[Answer]:
    return list(listing.found(desk.store, asked.q, lane=asked.lane, limit=asked.limit))


def _next(desk: Desk, _: values.Asked) -> Answer | None:
    return deciding.offered_ticket(desk, desk.next_up())


def _lanes(desk: Desk, _: values.Asked) -> list[Answer]:
    return lanes.lane_counts(desk)


def _macros(_: Desk, __: values.Asked) -> list[Answer]:
    from tui.cli.macro_folder import library_of
    from tui.cli.macros import macro_keys

    return [macro_keys(macro) for macro in library_of(None)]


def _suggest(_: Desk, asked: values.SuggestAsked) -> Answer:
    from tui.api.macro_ranking import ranked
    from tui.cli.suggesting import suggestion_keys

    given = {name: value for name, value in msgspec.to_builtins(asked).items() if value is not None and name != "top"}
    return suggestion_keys(given, ranked(given, asked.top))


def _report(desk: Desk, asked: values.ReportAsked) -> list[Answer]:
    from queues.figures.reporting import reports
    from tui.cli.periods import period_of, zone_of
    from tui.reports.hours import elapsed_of
    from tui.reports.report_files import lines_of
    from tui.setup.clock import wall_clock

    zone = zone_of(asked.zone)
    period = period_of(asked.since, asked.until, zone, wall_clock())
    held = reports(desk.store, period, (asked.by,), zone, elapsed=elapsed_of(asked.calendar))
    return list(lines_of(held[asked.by]))


def _reply(desk: Desk, asked: values.ReplyAsked) -> Callable[[], Answer]:
    if bool(asked.text.strip()) == bool(asked.macros):
        raise InputError("Bad request", "A reply has a text or macros, and not both.")
    change = acting.reply_change(
        desk, asked.ticket, asked.text.strip("\n"), macros=asked.macros, language=asked.language, anyway=asked.anyway,
        answers=[f"{name}={value}" for name, value in asked.answers.items()], reason=asked.reason, cc=asked.cc,
        status=asked.status, drop_cc=asked.drop_cc, no_promise=asked.no_promise,
    )  # fmt: skip
    desk.findings(asked.ticket, change)  # so that what the checks load is not loaded while the file is locked

    def done() -> Answer:
        copies = desk.copies(asked.ticket, change)
        return acting.done_keys(desk.act((asked.ticket,), change), copies=copies)

    return done


def _note(desk: Desk, asked: values.NoteAsked) -> Callable[[], Answer]:
    return _acted(desk, (asked.ticket,), Change(note=acting.given(asked.text)))


def _tag(desk: Desk, asked: values.TagAsked) -> Callable[[], Answer]:
    if not asked.add and not asked.remove:
        raise InputError("Bad request", "There are no tags to add or to remove; name one.")
    return _acted(desk, asked.tickets, Change(add_tags=asked.add, remove_tags=asked.remove))


def _assign(desk: Desk, asked: values.AssignAsked) -> Callable[[], Answer]:
    return _acted(desk, asked.tickets, Change(assignee=asked.agent.strip()))


def _take(desk: Desk, asked: values.TicketsAsked) -> Callable[[], Answer]:
    return _acted(desk, asked.tickets, Change(assignee=desk.agent))


def _decided(status: Status) -> Prepare:
    def prepare(desk: Desk, asked: values.DecideAsked) -> Callable[[], Answer]:
        return _acted(desk, asked.tickets, Change(status=status, override_reason=asked.reason))

    return prepare


def _reopen(desk: Desk, asked: values.TicketsAsked) -> Callable[[], Answer]:
    return _acted(desk, asked.tickets, Change(status=Status.OPEN))


def _snooze(desk: Desk, asked: values.SnoozeAsked) -> Callable[[], Answer]:
    until = deciding.moment_of(asked.when)
    return lambda: acting.done_keys(desk.act(asked.tickets, Change(snooze_until=until)), until=iso(until))


def _undo(desk: Desk, asked: values.UndoAsked) -> Callable[[], Answer]:
    return lambda: acting.done_keys(acting.undone_action(desk, asked.action, rest=asked.rest), undone=True)


def _acted(desk: Desk, tickets: tuple[int, ...], change: Change) -> Callable[[], Answer]:
    return lambda: acting.done_keys(desk.act(tickets, change))


def _reading(path: str, command: str, summary: str, asked: type[values.Asked], read: Read, **more: Any) -> Operation:
    return Operation(f"/v1/{path}", command, summary, asked, read=read, **more)


def _changing(command: str, summary: str, asked: type[values.Asked], prepare: Prepare) -> Operation:
    return Operation(f"/v1/{command}", command, summary, asked, prepare=prepare, method="POST")


CHANGES = _reading(
    "changes", "history", "What has happened after a cursor, oldest first; waits for news if asked to.",
    values.ChangesAsked, changes_after, extra=("ticket",), answers_many=True,
)  # fmt: skip
"""The only request that may wait: the server looks again until there is something, or the time is over."""
OPERATIONS = (
    _reading("list", "list", "The tickets, in the order in which `next` offers them.", values.ListAsked, _list,
             answers_many=True),
    _reading("show", "show", "One ticket with its conversation.", values.TicketAsked, _show),
    _reading("history", "history", "Who did what to a ticket, newest first.", values.TicketAsked, _history,
             answers_many=True),
    _reading("search", "search", "Messages and people, newest first.", values.SearchAsked, _search, answers_many=True),
    _reading("next", "next", "The most urgent ticket, and why; nothing where nothing waits.", values.Asked, _next,
             may_be_nothing=True),
    _reading("lanes", "lanes", "The lanes, and how much waits in each.", values.Asked, _lanes, answers_many=True),
    _reading("report", "report", "A period in figures.", values.ReportAsked, _report, answers_many=True),
    _reading("macros", "macros list", "The macros.", values.Asked, _macros, answers_many=True, as_given=True),
    _reading("macros/suggest", "macros suggest", "The macros that fit a text, best first.", values.SuggestAsked,
             _suggest, method="POST", as_given=True),
    CHANGES,
    _changing("reply", "Answer a ticket; the reply leaves through the outbox.", values.ReplyAsked, _reply),
    _changing("note", "Add a note that no customer sees.", values.NoteAsked, _note),
    _changing("tag", "Add and remove tags.", values.TagAsked, _tag),
    _changing("assign", "Assign tickets to an agent, or to no one.", values.AssignAsked, _assign),
    _changing("take", "Assign tickets to the desk's agent.", values.TicketsAsked, _take),
    _changing("pend", "Have tickets wait for the customer.", values.DecideAsked, _decided(Status.PENDING)),
    _changing("hold", "Have tickets wait for someone else.", values.DecideAsked, _decided(Status.ON_HOLD)),
    _changing("snooze", "Put tickets away until a time.", values.SnoozeAsked, _snooze),
    _changing("solve", "Solve tickets.", values.DecideAsked, _decided(Status.SOLVED)),
    _changing("reopen", "Reopen tickets.", values.TicketsAsked, _reopen),
    _changing("undo", "Undo the agent's latest action, or another one.", values.UndoAsked, _undo),
)  # fmt: skip
"""All of them, in the order of the description."""
