"""The desk in plain lines: lists what is next, opens a ticket, answers it, and asks before anything is sent."""

from __future__ import annotations

import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import DeskError, LeftError
from data.records.changes import Change, Done
from data.records.tickets import Status, Ticket
from queues.procedures.procedure import StepKind, procedure_for
from tui.linear.changes_read_out import ChangedWording
from tui.linear.console import Console, EndOfInput, listed
from tui.linear.reading import ticket_lines
from tui.linear.replying import Replying
from tui.look.shown import safe_line
from tui.look.stored_words import subject_line
from tui.look.words import as_sentence, counted, piecewise, words
from tui.setup.clock import wall_clock

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.procedures.procedure_lines import Followed
    from tui.ticket.ticket_text import Conversation

LISTED = 9
"""Tickets in the list: one for each digit."""
MESSAGES = 3
"""Messages that are read out when a ticket is opened."""
READS_SECONDS = 300
"""How long a ticket counts as looked at after the last line about it was typed."""
LEARNED = 1_000
"""The newest replies, of which a session learns which macro fits."""


def run(path: Path, *, demo: bool = False) -> int:
    """Talk with the agent on standard input and output until the input ends or they leave. Raises DeskError.

    A `demo` has the teams of the invented service.
    """
    import msgspec

    from tui.setup.open_desk import demo_teams, open_desk
    from tui.setup.settings import load

    settings = load().settings
    if demo:
        settings = msgspec.structs.replace(settings, account=(), team=settings.team or demo_teams())
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    desk = open_desk(path, settings=settings)
    with closing(desk.store):
        Session(Console(sys.stdin, sys.stdout), desk).run()
    return 0


class Session:
    """One agent at one desk."""

    def __init__(self, console: Console, desk: Desk) -> None:
        from tui.deciding.escalation_text import HandingOver
        from tui.digits.macros_at_hand import Answering
        from tui.procedures.asked_macros import asked_of
        from tui.setup.open_desk import exposure, in_team
        from tui.setup.settings import config_folder, load

        self._console, self._desk = console, desk
        self._exposure, self._revealed = exposure(load().settings), set[int]()
        self._in_team, self._window = in_team(load().settings), uuid.uuid4().hex[:12]
        self._answering = Answering(desk.store, wall_clock, desk.agent)
        self._answering.load()
        self._answering.learn(LEARNED)
        self._answering.ask_of_procedures(lambda ticket: asked_of(self._followed(ticket)))
        handing_over = HandingOver(config_folder())
        self._wording = ChangedWording(console, desk)
        self._replying = Replying(
            console, desk, self._answering,
            lambda change, ticket: handing_over.completed(change, ticket, desk, wall_clock()),
        )  # fmt: skip

    def run(self) -> None:
        """List, then do what is asked for."""
        self._console.say(words("tridesk in plain lines. Answer each question with a letter or number, then Enter."))
        try:
            listed_now = self._list()
            while True:
                listed_now = self._at_the_list(listed_now)
        except EndOfInput:
            self._leave()

    def _at_the_list(self, tickets: list[int]) -> list[int]:
        """Do one thing at the list; return the numbers of the tickets that it names."""
        asked = self._console.ask(
            words("A number opens; n next, l list, #12 opens ticket 12, / and words search, u undo, q quit.")
        )
        if asked.isascii() and asked.isdigit() and 0 < int(asked) <= len(tickets):
            self._open(tickets[int(asked) - 1])
        elif asked.startswith("#") and asked[1:].isascii() and asked[1:].isdigit():
            self._open(int(asked[1:16]))
        elif asked.startswith("/"):
            return self._search(asked[1:])
        elif asked == "n":
            self._next()
        elif asked == "u":
            self._undo()
        elif asked == "q":
            raise EndOfInput
        elif asked != "l":
            self._console.say(words("That is not one of them."))
            return tickets
        return self._list()

    def _list(self) -> list[int]:
        """List the next tickets, each with the reason for its place; return their numbers."""
        from queues.desk.choose_next import Choosing

        now = wall_clock()
        desk = self._desk
        choosing = Choosing(
            desk.store, self._exposure, desk.agent, desk.rules.logins, assigns=bool(desk.rules.assigning)
        )
        waiting = choosing.order(now, limit=LISTED)
        lines = [
            words("ticket {n}, {subject}, from {name}. {why}").format(
                n=item.row.id,
                subject=subject_line(item.row.subject),
                name=safe_line(item.row.customer_name) or words("(no name)"),
                why=safe_line(piecewise(item.chosen(now).why)),
            )
            for item in waiting
        ]
        self._console.say(*(listed(lines) or [words("Nothing waits.")]))
        return [item.row.id for item in waiting]

    def _search(self, text: str) -> list[int]:
        """List the tickets that a text finds."""
        from tui.setup.open_desk import zone_of
        from tui.setup.settings import load

        try:
            hits = self._desk.store.search(text.strip(), limit=50, now=wall_clock(), zone=zone_of(load().settings))
        except DeskError as error:
            self._console.say(_said(error))
            return []
        tickets = {hit.ticket_id: hit for hit in hits}
        lines = [
            words("ticket {n}, {subject}, {status}").format(
                n=number, subject=subject_line(hit.subject), status=words(hit.status.value)
            )
            for number, hit in list(tickets.items())[:LISTED]
        ]
        self._console.say(*(listed(lines) or [words("Nothing found.")]))
        return list(tickets)[:LISTED]

    def _next(self) -> None:
        """Open the most urgent ticket."""
        given = self._desk.next_up()
        if given is None:
            self._console.say(words("Nothing waits."))
            return
        self._console.say(words("Most urgent: {why}").format(why=safe_line(piecewise(given.why))))
        self._open(given.ticket_id)

    def _open(self, ticket_id: int) -> None:
        """Read a ticket out and do what is asked for, until the agent goes back or it is done."""
        shown = self._read(ticket_id)
        if shown is None:
            self._console.say(words("There is no ticket #{n}.").format(n=ticket_id))
            return
        self._console.say(*ticket_lines(shown, wall_clock(), most=MESSAGES))
        self._offer(shown.ticket)
        try:
            while shown is not None and self._at_the_ticket(shown):
                shown = self._read(ticket_id)
        finally:
            self._look_at(None)

    def _look_at(self, ticket_id: int | None) -> None:
        """Report to the team what is open; longer than a screen does, since no key is seen while it is read out."""
        if self._in_team:
            self._desk.look_at(self._window, ticket_id, seconds=READS_SECONDS)

    def _offer(self, ticket: Ticket) -> None:
        """Say what stands in the way of an end, and list the macros at hand."""
        followed = self._followed(ticket)
        if followed is not None and followed.waiting:
            n = len(followed.waiting)
            text = counted("{n} step has to be answered first; g lists it.",
                           "{n} steps have to be answered first; g lists them.", n)  # fmt: skip
            self._console.say(text.format(n=n))
        if self._folds(ticket):
            self._console.say(words("x shows the folded text, which is recorded."))
        for slot in self._answering.strip(ticket):
            if slot.number:
                doubt = words(" (may not fit)") if slot.weak else ""
                self._console.say(f"{slot.number}. {safe_line(slot.title)}{doubt}")

    def _at_the_ticket(self, shown: Conversation) -> bool:
        """Do one thing about a ticket; False once it is left."""
        ticket = shown.ticket
        self._look_at(ticket.id)
        asked = self._console.ask(
            words("A number shows that answer; r reply, k note, e solve, p pending, g steps, m macros, a all messages, "
                  "s skip, u undo, b back.")
        )  # fmt: skip
        try:
            if asked == "b":
                return False
            if asked.isascii() and asked.isdigit():
                return not self._macro_on(ticket, int(asked))
            return not self._do(asked, shown)
        except DeskError as error:
            self._console.say(_said(error))
        return True

    def _do(self, letter: str, shown: Conversation) -> bool:
        """Do what a letter says; True if the ticket is done with."""
        ticket = shown.ticket
        match letter:
            case "r":
                return self._reply(ticket)
            case "k":
                return self._note(ticket)
            case "e":
                return self._set(ticket, Status.SOLVED)
            case "p":
                return self._set(ticket, Status.PENDING)
            case "g":
                return self._steps(ticket)
            case "m":
                return self._find_macro(ticket)
            case "a":
                self._console.say(*ticket_lines(shown, wall_clock()))
            case "x":
                return self._reveal(ticket)
            case "s":
                return self._skip(ticket)
            case "u":
                return self._undo()
            case _:
                self._console.say(words("That is not one of them."))
        return False

    def _macro_on(self, ticket: Ticket, number: int) -> bool:
        """Show the answer of a digit; True once it is sent."""
        slots = self._answering.slots(ticket)
        macro = slots[number - 1] if 0 < number <= len(slots) else None
        if macro is None:
            self._console.say(words("No macro is on {n}.").format(n=number))
            return False
        return self._done(self._replying.macro(ticket, macro))

    def _find_macro(self, ticket: Ticket) -> bool:
        """Find a macro by a few letters; True once it is sent."""
        from tui.palette.entries import fitting
        from tui.palette.macro_entries import macro_entries

        text = self._console.ask(words("Which macro? A few letters of its title."))
        entries = [entry for entry, _ in fitting(macro_entries(self._answering, ticket), text)][:LISTED]
        doubt = words(" (may not fit)")
        self._console.say(*listed(f"{safe_line(entry.title)}{doubt if entry.weak else ''}" for entry in entries))
        if not entries:
            self._console.say(words("Nothing found."))
            return False
        number = self._console.ask(words("Type the number. Anything else goes back."))
        if not (number.isascii() and number.isdigit() and 0 < int(number) <= len(entries)):
            return False
        return self._done(self._replying.macro(ticket, self._answering.macro(entries[int(number) - 1].id)))

    def _reply(self, ticket: Ticket) -> bool:
        text = self._console.ask_text(words("Your reply to the customer."))
        return bool(text) and self._done(self._replying.text(ticket, text))

    def _note(self, ticket: Ticket) -> bool:
        text = self._console.ask_text(words("An internal note; the customer never sees it."))
        if text:
            self._done(self._desk.act((ticket.id,), Change(note=text)))
        return False

    def _set(self, ticket: Ticket, status: Status) -> bool:
        versions = {ticket.id: ticket.version}
        return self._done(self._desk.act((ticket.id,), Change(status=status), versions=versions))

    def _skip(self, ticket: Ticket) -> bool:
        reason = self._console.ask(words("Why? In a few words; empty stays on it."))
        if not reason:
            return False
        self._desk.skip(ticket.id, reason)
        self._console.say(words("Skipped; it comes back in half an hour."))
        return True

    def _steps(self, ticket: Ticket) -> bool:
        """Answer the next open step of the ticket's procedure."""
        followed = self._followed(ticket)
        step = followed.following() if followed is not None else None
        if followed is None or step is None:
            self._console.say(words("No step is open."))
            return False
        if self._folds(ticket):
            self._console.say(words("The customer's text is folded: x shows it. Then answer the step."))
            return False
        if not self._wording.of_procedure(followed.procedure, ticket.language):
            return False
        self._console.say(safe_line(step.words(ticket.language)))
        if step.kind is StepKind.CHOOSE:
            self._console.say(*listed(safe_line(choice) for choice in step.choices))
            number = self._console.ask_afresh(words("Type the number. Anything else goes back."))
            fits = number.isascii() and number.isdigit() and 0 < int(number) <= len(step.choices)
            value: object = step.choices[int(number) - 1] if fits else None
        elif step.needs_text or step.kind is StepKind.ESCALATE:
            asked = safe_line(step.evidence) or words("What is the answer? Empty goes back.")
            value = self._console.ask_afresh(asked) or None
        else:
            value = True if self._console.confirm_afresh(words("Is it done?")) else None
        if value is None:
            return False
        self._done(self._desk.take_step(ticket.id, step.id, value))
        return step in followed.waiting and self._hand_over(ticket.id)

    def _hand_over(self, ticket_id: int) -> bool:
        """After the last step before the hand-over, show the macro for it, if one is sure; True once it is sent."""
        ticket = self._desk.store.tickets.get(ticket_id)
        followed = self._followed(ticket) if ticket is not None else None
        if ticket is None or followed is None or any(not step.team for step in followed.waiting):
            return False
        macro = self._answering.next_answer(ticket)
        return macro is not None and self._done(self._replying.macro(ticket, macro))

    def _reveal(self, ticket: Ticket) -> bool:
        """Show folded text, which is recorded."""
        if self._folds(ticket):
            self._desk.reveal(ticket.id)
            self._revealed.add(ticket.id)
        shown = self._read(ticket.id)
        if shown is not None:
            self._console.say(*ticket_lines(shown, wall_clock(), most=MESSAGES))
        return False

    def _undo(self) -> bool:
        """Undo the last action; if its reply has left, ask whether to undo the rest."""
        try:
            done = self._desk.undo()
        except LeftError as error:
            self._console.say(_said(error))
            if not self._console.confirm(words("Undo the rest?")):
                return False
            done = self._desk.undo(rest_of=error.action)
        except DeskError as error:
            self._console.say(_said(error))
            return False
        self._console.say(words("Undone: {summary}").format(summary=safe_line(piecewise(done.summary))))
        return False

    def _done(self, done: Done | None) -> bool:
        """Say what was done; True if something was."""
        if done is not None:
            self._console.say(f"{safe_line(piecewise(done.summary))}. {words('u undoes it.')}")
        return done is not None

    def _leave(self) -> None:
        waiting = len(self._desk.store.outbox.waiting())
        if waiting:
            text = counted("{n} reply waits to be sent: `tridesk sync` sends it.",
                           "{n} replies wait to be sent: `tridesk sync` sends them.", waiting)  # fmt: skip
            self._console.say(text.format(n=waiting))

    def _read(self, ticket_id: int) -> Conversation | None:
        from tui.ticket.read_conversation import read_conversation

        return read_conversation(self._desk.store, ticket_id, self._folds, wall_clock())

    def _folds(self, ticket: Ticket) -> bool:
        return self._exposure.fold and ticket.id not in self._revealed and self._exposure.holds(ticket)

    def _followed(self, ticket: Ticket) -> Followed | None:
        from tui.procedures.procedure_lines import Followed

        procedure = procedure_for(ticket, self._desk.rules.procedures)
        if procedure is None:
            return None
        return Followed(ticket, procedure, self._desk.store.work.steps(ticket.id, procedure.id))


def _said(error: DeskError) -> str:
    return safe_line(as_sentence(error))
