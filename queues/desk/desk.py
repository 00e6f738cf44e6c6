"""The one door: each change to a ticket is checked here, recorded as an event, and can be undone as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from data.confidential.items import Kind
from data.confidential.mask import masked
from data.errors import ConflictError, LeftError, RuleError
from data.protocols import Clock, ReplyChecker
from data.records.changes import Change, Done, Finding, NewTicket
from data.records.customers import LegalHold
from data.records.handovers import Handover, HandoverState
from data.records.incoming import Imported, Incoming, Received, Standing
from data.records.mentions import Mention
from data.records.messages import Direction, Draft, FormDraft
from data.records.participants import Participant
from data.records.promises import Promise
from data.records.ratings import UNHAPPY, Rating
from data.records.shifts import Effort, Shift
from data.records.tickets import Status, Ticket
from data.store import Store
from data.tables.action_log import Action
from data.tables.event_chain import sealed
from data.tables.events import NO_TICKET
from queues.clocks.calendar import Calendar
from queues.desk import assigning, erasure, form_drafts, imported_state, problems, redact, route_again
from queues.desk import undo as undoing
from queues.desk.change_ticket import TicketChanger, as_reply
from queues.desk.choose_next import PICKED, REVEALED, SKIPPED, Choosing
from queues.desk.commands.hand_over import note_from_outside
from queues.desk.commands.messages import OUTBOX
from queues.desk.commands.move_messages import OPENED
from queues.desk.commands.promise import office_of, promise_of
from queues.desk.commands.registry import commands_of
from queues.desk.desk_rules import DeskRules
from queues.desk.erasure import Erasure, RetentionRule
from queues.desk.file_message import MessageFiler
from queues.desk.harm_memory import HarmMemory
from queues.desk.lane_moves import lane_after, note_fields, note_lanes, settle_lanes
from queues.desk.later_harm import HEARD, Raised, raised_by
from queues.desk.open_ticket import first_reply, open_ticket
from queues.desk.participants import participants
from queues.desk.pass_on import ColleaguesReply, pass_on
from queues.desk.recalculate import CLOCK, Reclocked, reclock
from queues.desk.recipient import copies_of, recipient_of
from queues.desk.recognisers.arrival import INTAKE
from queues.desk.route_again import FOLLOWED, NOWHERE, PLACED_BY, Plan
from queues.desk.ticket_fields import (
    CLOCKS,
    FIELDS,
    RECORDED,
    changed_fields,
    counted_replies,
    with_clocks,
    write_fields,
)
from queues.desk.transfers import refuse_merged
from queues.desk.waiting_replies import Wish, settle
from queues.ground.presence import LOOKS_SECONDS, say_looking
from queues.ground.roles import Access, Right, needs
from queues.ground.statuses import DONE
from queues.ground.undo_steps import FORWARD, REPLY, Step, part_of
from queues.next_up.urgency import NextUp
from queues.procedures.procedure import Step as ProcedureStep
from queues.quality.rating import FormAnswer, Ratings, Taken
from queues.quality.reviewing import Reviewing
from queues.routing.conditions import Facts
from queues.shifts import shift

EXPORTED, ACCESSED, UNMASKED, DRAFTED = "exported", "accessed", "unmasked", "drafted"
"""Events that change no ticket: data was written out, of all or of one person; masked data was shown; an assistant
wrote a draft."""
_MAILS = {REPLY: "reply", FORWARD: "forward"}
_AT_A_TIME = 25
"""The batch size for testing changes: others may write between batches."""


class Desk:
    """Executes the requests of agents and connectors, one transaction each. Used in the thread of its store."""

    def __init__(
        self, store: Store, *, clock: Clock, rules: DeskRules, checker: ReplyChecker | None = None, agent: str = "agent"
    ) -> None:
        self.store = store
        self.rules = rules
        self.agent = agent
        self.access = Access(agent, rules.roles)
        self._clock = clock
        self._changer = TicketChanger(store, rules, checker, agent)
        self._choosing = Choosing(store, rules.exposure, agent, rules.logins, assigns=bool(rules.assigning))
        self._filer = MessageFiler(store, rules)
        self.ratings = Ratings(store, clock, self.access)
        self.reviews = Reviewing(store, clock, self.access)
        note_lanes(store, rules.lanes)
        note_fields(store, rules.fields)

    @needs(Right.WORK)
    def act(self, ticket_ids: Sequence[int], change: Change, *, versions: Mapping[int, int] | None = None) -> Done:
        """Apply the change to every ticket, all or none.

        `versions` are those that the agent saw. Raises RuleError if a rule forbids it for any ticket,
        ConflictError if any was changed in the meantime.
        """
        return self.act_each(dict.fromkeys(ticket_ids, change), versions=versions)

    @needs(Right.WORK)
    def act_each(
        self, changes: Mapping[int, Change], *, versions: Mapping[int, int] | None = None, solves: int | None = None
    ) -> Done:
        """Apply to each ticket its own change, as one action, all or none; `solves` is a problem to solve with it.

        Raises as `act` does.
        """
        now = self._clock()
        seen = versions or {}
        with self.store.write():
            action = self.store.actions.begin(self.agent, now)
            self._note_pick(changes, action, now)
            changes, steps = self._with_problem(changes, now)
            for ticket_id, change in changes.items():
                steps += self._changer.carry_out(self._ticket(ticket_id, seen.get(ticket_id)), change, action, now)
            if solves is not None:
                steps.append(problems.solve(self.store, solves, next(iter(changes))))
            opened = tuple(step["to"] for step in steps if OPENED in step)
            summary = _summary(changes, solves, opened) + _moved(changes, steps)
            self.store.actions.finish(action, summary, steps)
        if len(changes) == 1:
            self._choosing.worked(next(iter(changes)))
        leaves = any(step["kind"] == OUTBOX for step in steps)
        return Done(action, summary, (*changes, *opened), now + self.rules.undo_seconds if leaves else None)

    @needs(Right.WORK)
    def open_ticket(self, asked: NewTicket, change: Change | None = None) -> Done:
        """Open a ticket with a first message of ours, which leaves through the outbox; the answer joins it.

        `change` says what else a reply may say: files, status, tags, a reason to override. Undone as a reply is: the
        ticket is then closed and empty. Raises RuleError if it cannot be sent; nothing is stored then.
        """
        now = self._clock()
        with self.store.write():
            action = self.store.actions.begin(self.agent, now)
            ticket, steps, change = self._opened(asked, change or Change(), action, now)
            steps += self._changer.carry_out(ticket, change, action, now)
            sent = form_drafts.drop(self.store, NO_TICKET, asked.to, asked.text, ticket=ticket.id)
            steps += part_of(REPLY, sent)
            summary = f"#{ticket.id}: {first_reply(asked, change)}"
            self.store.actions.finish(action, summary, steps)
        return Done(action, summary, (ticket.id,), now + self.rules.undo_seconds)

    def findings_of_new(self, asked: NewTicket, change: Change | None = None) -> list[Finding]:
        """Return the findings on the first message of a ticket that is not opened yet. Raises as `open_ticket` does."""
        now = self._clock()
        with self.store.rehearsal():
            action = self.store.actions.begin(self.agent, now)
            ticket, _, change = self._opened(asked, change or Change(), action, now)
            return self._changer.findings(ticket, change, now)

    def _opened(self, asked: NewTicket, change: Change, action: int, now: int) -> tuple[Ticket, list[Step], Change]:
        ticket, steps = open_ticket(self.store, self.rules, asked, action, now, self.agent)
        reply = replace(
            change, reply=asked.text, recipient=asked.to, subject=ticket.subject, reply_language=ticket.language
        )
        return ticket, steps, reply

    @needs(Right.WORK)
    def rehearse(self, changes: Mapping[int, Change]) -> dict[int, str]:
        """Test each change and roll it back; return why it would be refused, empty if it would not."""
        refused: dict[int, str] = {}
        items = list(changes.items())
        for start in range(0, len(items), _AT_A_TIME):
            with self.store.rehearsal():
                for ticket_id, change in items[start : start + _AT_A_TIME]:
                    refused[ticket_id] = self._refusal(ticket_id, change)
        return refused

    def _refusal(self, ticket_id: int, change: Change) -> str:
        now = self._clock()
        try:
            action = self.store.actions.begin(self.agent, now)
            self._changer.carry_out(self._ticket(ticket_id, None), change, action, now)
        except RuleError as error:
            return error.message
        return ""

    def _with_problem(self, changes: Mapping[int, Change], now: int) -> tuple[dict[int, Change], list[Step]]:
        """Open the new problem that changes ask for; return them with its number."""
        numbered, steps = dict(changes), []
        numbers: dict[str, int] = {}
        for ticket_id, change in changes.items():
            title = change.new_problem
            if not title:
                continue
            if title not in numbers:
                numbers[title], step = problems.open_problem(self.store, title, ticket_id, now, self.agent)
                steps.append(step)
            numbered[ticket_id] = replace(change, problem=numbers[title], new_problem="")
        return numbered, steps

    @needs(Right.WORK)
    def take_ratings(self, answers: Sequence[FormAnswer]) -> tuple[list[Taken], dict[int, str]]:
        """File the ratings of a form and reopen solved tickets with a bad rating and a comment, as one action.

        Harm that a comment reports is heard. Returns the result for each rating, and for each ticket with a bad one why
        it stays as it is; empty if it was reopened.
        """
        reopened: dict[int, str] = {}

        def reopen(ratings: Sequence[Rating], action: int, now: int) -> list[Step]:
            steps: list[Step] = []
            for rating in ratings:
                steps += self._hear_comment(rating, action, now)
            for number in sorted(
                {rating.ticket_id for rating in ratings if rating.value <= UNHAPPY and rating.comment}
            ):
                ticket = self._ticket(number, None)
                if ticket.status not in DONE:
                    continue
                reopened[number] = ""
                try:
                    steps += self._changer.carry_out(ticket, Change(status=Status.OPEN), action, now)
                except RuleError as error:  # raised before anything is written
                    reopened[number] = error.message
            return steps

        return self.ratings.take_answers(answers, reopen), reopened

    def _hear_comment(self, rating: Rating, action: int, now: int) -> list[Step]:
        """Let harm that a rating's comment reports raise its ticket, as a message of the customer does."""
        ticket = self._ticket(rating.ticket_id, None)
        facts = Facts(language=ticket.language, confidence=ticket.confidence, text=rating.comment)
        raised = Raised()
        if rating.comment:
            raised = raised_by(self.rules.routing, self.rules.lanes, HarmMemory(self.store), ticket, facts)
        if not raised.why or ticket.merged_into is not None:
            return []
        fields = raised.fields | {"updated_at": now}
        fields = with_clocks(self.store, self.rules, ticket, fields, now)
        detail = {HEARD: raised.why, "changed": changed_fields(ticket, fields)}
        self.store.events.add(action, ticket.id, now, self.agent, "change", detail)
        return write_fields(self.store, ticket, fields)

    @needs(Right.WORK)
    def reroute(self, plan: Plan) -> Done:
        """Apply a plan of `route_again.plan` as one action; tickets changed since are left as they are."""
        now = self._clock()
        with self.store.write():
            action = self.store.actions.begin(self.agent, now)
            steps, moved = route_again.carry_out(self.store, self.rules, plan, action, now, self.agent)
            summary = f"re-routed {len(moved)} {'ticket' if len(moved) == 1 else 'tickets'}"
            self.store.actions.finish(action, summary, steps)
        return Done(action, summary, moved)

    @needs(Right.WORK)
    def move_lanes(self, plan: Plan) -> Done | None:
        """Apply a plan of `lane_moves.plan_moves` as one action; the lanes that there were before are forgotten.

        None if nothing moves.
        """
        with self.store.write():
            settle_lanes(self.store)
            if not plan.moves:
                return None
            now = self._clock()
            action = self.store.actions.begin(self.agent, now)
            steps, moved = route_again.carry_out(self.store, self.rules, plan, action, now, self.agent)
            summary = f"moved {len(moved)} {'ticket' if len(moved) == 1 else 'tickets'} to other lanes"
            self.store.actions.finish(action, summary, steps)
        return Done(action, summary, moved)

    def _note_pick(self, changes: Mapping[int, Change], action: int, now: int) -> None:
        """Record the rank of a ticket that is answered or decided out of turn."""
        ((ticket_id, change),) = changes.items() if len(changes) == 1 else [(NO_TICKET, Change())]
        if (change.reply, change.status, change.escalate, change.snooze_until) == (None,) * 4:
            return
        pick = self._choosing.pick(self._ticket(ticket_id, None), now) if self.rules.counts_picks else None
        if pick is not None:
            detail = {"rank": pick.rank, "first": pick.first}
            self.store.events.add(action, ticket_id, now, self.agent, PICKED, detail)

    @needs(Right.WORK)
    def take_step(self, ticket_id: int, step_id: str, value: Any) -> Done:
        """Answer a step of the ticket's procedure; None removes the answer.

        Answering a hand-over with True, or with its reason, hands over. Raises RuleError for an unknown step or an
        invalid answer.
        """
        now = self._clock()
        ticket = self._ticket(ticket_id, None)
        refuse_merged(ticket)
        procedure, change = self._changer.gates.answer(ticket, step_id, value)
        if change is not None and change.escalate is not None:
            return self.act([ticket_id], change)
        with self.store.write():
            action = self.store.actions.begin(self.agent, now)
            steps = [self._changer.gates.write(ticket, procedure, step_id, value, now)]
            if change is not None:
                steps += self._changer.carry_out(ticket, change, action, now)
            summary = f"#{ticket_id}, {procedure.label}: {step_id}"
            self.store.actions.finish(action, summary, steps)
            detail = {"procedure": procedure.label, "step": step_id, "done": value is not None}
            self.store.events.add(action, ticket_id, now, self.agent, "step", detail)
        return Done(action, summary, (ticket_id,))

    def open_gates(self, ticket_id: int, change: Change) -> list[ProcedureStep]:
        """Return the steps that must precede `change`, in order."""
        return self._changer.gates.still_open(self._ticket(ticket_id, None), as_reply(change))

    def acknowledge(self, kind: str, name: str, text: str) -> None:
        """Record that the agent has seen this wording of a `procedure` or a `macro`."""
        with self.store.write():
            self.store.known_wordings.save(self.agent, kind, name, text, self._clock())

    @needs(Right.WORK)
    def settle(self, entry_id: int, wish: Wish) -> Done:
        """Decide about a waiting reply. Raises RuleError if there is none or it is too late."""
        now = self._clock()
        with self.store.write():
            entry = self.store.outbox.get(entry_id)
            if entry is None:
                raise RuleError("No such reply", f"There is no reply {entry_id} in the outbox; list it again.")
            if wish is Wish.SEND and self.store.messages.sent_by_us(entry.ticket_id, entry.message_id) is not None:
                self._changer.gates.refuse_again(self._ticket(entry.ticket_id, None), entry.action)
            action = self.store.actions.begin(self.agent, now)
            steps = settle(self.store, entry, wish, now)
            ticket = self._ticket(entry.ticket_id, None)
            steps += write_fields(self.store, ticket, counted_replies(self.store, ticket))
            summary = f"#{entry.ticket_id}: reply, {wish}"
            self.store.actions.finish(action, summary, steps)
            detail = {"wish": wish, "was": entry.state, "reason": entry.reason}
            self.store.events.add(action, entry.ticket_id, now, self.agent, "outbox", detail)
        return Done(action, summary, (entry.ticket_id,))

    def findings(self, ticket_id: int, change: Change) -> list[Finding]:
        """Return the findings on the reply, worst first; blocking findings make `act` fail."""
        return self._changer.findings(self._ticket(ticket_id, None), change, self._clock())

    def promise(self, ticket_id: int, change: Change) -> Promise | None:
        """Return what the change would promise the customer: the first time named in its reply, else its own.

        None if neither names a time. The reply comes first because the customer reads it.
        """
        ticket = self._ticket(ticket_id, None)
        written = promise_of(self.store, self.rules, ticket, replace(change, promise=None), self._clock())
        return written or change.promise

    def office(self, ticket_id: int) -> Calendar:
        """Return the working week used to interpret promises on the ticket, in the customer's time zone."""
        return office_of(self.store, self.rules, self._ticket(ticket_id, None))

    def recipient(self, ticket_id: int) -> str:
        """Return where a reply to the ticket would go. Raises RuleError if there is no address."""
        ticket = self._ticket(ticket_id, None)
        return recipient_of(self.store, self.rules, ticket, self.store.messages.of(ticket_id))

    def copies(self, ticket_id: int, change: Change) -> tuple[str, ...]:
        """Return who would get a copy of the change's reply. Raises RuleError where there is no address for it."""
        ticket, earlier = self._ticket(ticket_id, None), self.store.messages.of(ticket_id)
        to = change.recipient or recipient_of(self.store, self.rules, ticket, earlier)
        return copies_of(self.store, self.rules, ticket, earlier, change, to)

    def participants(self, ticket_id: int) -> tuple[Participant, ...]:
        """Return the people in Cc of the ticket's mails."""
        return participants(self.store, self.rules, self._ticket(ticket_id, None))

    @needs(Right.WORK)
    def undo(self, *, rest_of: int | None = None, number: int | None = None) -> Done:
        """Undo the agent's latest action, or the one with this number, as a whole.

        Raises LeftError if a reply or a mail of it has been sent; with that error's action as `rest_of`, everything
        that does not belong to what was sent is undone. Raises RuleError if there is nothing to undo, ConflictError if
        something was changed again since.
        """
        now = self._clock()
        with self.store.write():
            action = self.store.actions.to_undo(self.agent) if number is None else self._own_action(number)
            if action is None:
                raise RuleError("Nothing to undo", "There is no action of yours left to undo.")
            gone = undoing.already_sent(self.store, action.steps)
            if gone and rest_of != action.id:
                raise _already_left(action, gone)
            if not gone and number is not None and self._is_not_last(action):
                return self._undo_apart(action, now)
            if not gone:
                undoing.undo(self.store, action.steps)
                self.store.actions.mark(action.id, "undone")
                return self._turned(action.id, action.summary, action.steps, "undo", now)
            before = {step["ticket"]: self.store.tickets.get(step["ticket"]) for step in action.steps}
            undoing.undo_rest(self.store, self.rules, action.steps, gone, now)
            self.store.actions.mark(action.id, "partly undone")
            summary = f"{action.summary}, except for what was sent"
            kept = sorted({ticket_id for ticket_id, _ in gone})
            return self._turned(action.id, summary, action.steps, "undo", now, kept, before)

    def _is_not_last(self, action: Action) -> bool:
        latest = self.store.actions.to_undo(self.agent)
        return latest is None or latest.id != action.id

    def _undo_apart(self, action: Action, now: int) -> Done:
        """Undo an action after which others were done; its own event says how the clocks run from now on."""
        before = {step["ticket"]: self.store.tickets.get(step["ticket"]) for step in action.steps}
        undoing.undo_apart(self.store, self.rules, action.steps, now)
        self.store.actions.mark(action.id, "dropped")  # for good: others were done since
        turned = self.store.actions.begin(self.agent, now)
        for ticket_id, was in before.items():
            now_is = self.store.tickets.get(ticket_id)
            dues = {name: getattr(now_is, name) for name in CLOCKS} if now_is is not None else {}
            detail = {"action": action.id, "changed": changed_fields(was, dues) if was is not None else {}}
            self.store.events.add(turned, ticket_id, now, self.agent, "undo", detail)
        numbers = tuple(number for number in before if number != NO_TICKET)
        return Done(action.id, action.summary, numbers, partly=True)

    def _own_action(self, number: int) -> Action:
        action = self.store.actions.get(number)
        if action is None or not action.steps:
            raise RuleError("Nothing to undo", f"There is nothing to undo of action {number}.")
        if action.actor != self.agent:
            raise RuleError("Not yours", f"Action {number} is {action.actor}'s; only {action.actor} can undo it.")
        if action.state != "done":
            raise RuleError("Nothing to undo", f"Action {number} was undone or decided already.")
        return action

    @needs(Right.WORK)
    def redo(self) -> Done:
        """Redo the action that was undone last. Raises RuleError if there is none or a ticket has changed."""
        now = self._clock()
        with self.store.write():
            action = self.store.actions.to_redo(self.agent)
            if action is None:
                raise RuleError("Nothing to redo", "No action of yours was undone since your last one.")
            undoing.redo(self.store, action.steps, now + self.rules.undo_seconds)
            about = dict.fromkeys(step.get("ticket", NO_TICKET) for step in action.steps)
            for ticket_id in (number for number in about if number != NO_TICKET):
                self._changer.gates.refuse_again(self._ticket(ticket_id, None), action.id)
            self.store.actions.mark(action.id, "done")
            return self._turned(action.id, action.summary, action.steps, "redo", now)

    @needs(Right.WORK)
    def save_draft(
        self,
        ticket_id: int,
        text: str,
        *,
        kind: Direction = Direction.OUT,
        revision: int,
        macro: str = "",
        language: str = "",
        actions: str = "",
        proposed: int = 0,
    ) -> Draft:
        """Save the text being written; `revision` is what it replaces (0: none). Empty text deletes the draft.

        `proposed` is the revision in which an assistant wrote a text that this one goes on from. Raises ConflictError
        if another window saved in the meantime; neither text is lost.
        """
        now = self._clock()
        with self.store.write():
            stored = self.store.drafts.get(ticket_id)
            newer = self._revision_after(ticket_id, revision, now)
            draft = Draft(ticket_id, text, kind, newer, now, macro, language, actions, proposed)
            if stored is not None and replace(draft, revision=revision, updated_at=stored.updated_at) == stored:
                return stored
            if (stored.revision if stored else 0) != revision:
                raise ConflictError(
                    "Draft changed", f"Another window wrote on #{ticket_id}; its text is kept, look there first."
                )
            if not text:
                self.store.drafts.delete(ticket_id)
                return replace(draft, revision=0)
            self.store.drafts.save(draft, replacing=revision)
        return draft

    def _revision_after(self, ticket_id: int, revision: int, now: int) -> int:
        """Return the next revision of a draft: they never repeat, even if one was sent and a new one started."""
        return max(revision + 1, self.store.outbox.newest_draft(ticket_id) + 1, now)

    @needs(Right.WORK)
    def propose_draft(self, ticket_id: int, text: str, *, by: str, language: str = "") -> Draft:
        """Save a reply that an assistant has written as the ticket's draft, marked as such; it is never sent from here.

        It replaces an earlier text of an assistant that no one has changed, and nothing else. Raises RuleError if the
        ticket does not exist, was merged or is history, or the text is empty; ConflictError if an agent is writing.
        """
        now, ticket = self._clock(), self._ticket(ticket_id, None)
        refuse_merged(ticket)
        if ticket.status is Status.HISTORY:
            raise RuleError("Not possible", f"#{ticket_id} is history and is not answered; look at newer tickets.")
        if not text.strip():
            raise RuleError("Nothing to draft", "The draft is empty; write the reply first.")
        with self.store.write():
            stored = self.store.drafts.get(ticket_id)
            if stored is not None and not stored.is_untouched:
                raise ConflictError(
                    "Draft there", f"#{ticket_id} has a draft that an agent has written; it stays as it is."
                )
            replaced = stored.revision if stored is not None else 0
            newer = self._revision_after(ticket_id, replaced, now)
            draft = Draft(ticket_id, text, Direction.OUT, newer, now, language=language, proposed=newer)
            self.store.drafts.save(draft, replacing=replaced)
            self._note(ticket_id, DRAFTED, now, {"via": by})
        return draft

    @needs(Right.WORK)
    def save_form_draft(self, draft: FormDraft) -> FormDraft:
        """Save what is typed into the form of a forward or a new mail; return it as stored. A blank one is deleted."""
        with self.store.write():
            return form_drafts.save(self.store, draft, self._clock())

    def spent(self, effort: Effort) -> None:
        """Record the effort of work on a ticket; it does not change the ticket."""
        with self.store.write():
            self.store.effort.add(effort)

    def look_at(self, window: str, ticket_id: int | None, *, seconds: int = LOOKS_SECONDS) -> None:
        """Note which ticket a window has open, None for none: colleagues in a team see it for so long."""
        with self.store.write(bulk=True):
            now = self._clock()
            say_looking(self.store, window, self.agent, ticket_id, now=now, until=now + seconds)

    def next_up(self, *, leaving: int | None = None, holding: int | None = None) -> NextUp | None:
        """Return the most urgent ticket over all lanes and why, `leaving` not counted; None where nothing waits.

        No easier ticket comes before the ticket that the agent is `holding`.
        """
        return self._choosing.next_up(self._clock(), leaving, holding)

    @needs(Right.WORK)
    def skip(self, ticket_id: int, reason: str) -> NextUp | None:
        """Pass over an offered ticket, with a reason that is recorded; return the ticket offered instead."""
        now, ticket = self._clock(), self._ticket(ticket_id, None)
        offered = self._choosing.next_up(now, leaving=ticket.id)
        detail = {"reason": reason.strip(), "taken": offered.ticket_id if offered is not None else None}
        self._note(ticket_id, SKIPPED, now, detail)
        return offered

    def reveal(self, ticket_id: int) -> None:
        """Record that the agent unfolded a graphic ticket's text: that is an exposure."""
        self._note(self._ticket(ticket_id, None).id, REVEALED, self._clock(), {})

    @needs(Right.ERASE)
    def to_erase(self, customer_id: int) -> Erasure:
        """Return what erasing a customer would change. Raises RuleError if it is not allowed now."""
        return erasure.to_erase(self.store, customer_id)

    @needs(Right.ERASE)
    def erase(self, customer_id: int, reason: str) -> Erasure:
        """Erase what is kept about a customer; it cannot be undone. Raises RuleError under a legal hold."""
        return erasure.erase(self.store, self.rules, customer_id, reason, self._clock(), self.agent)

    @needs(Right.ERASE)
    def hold_legally(self, customer_id: int, reason: str) -> LegalHold:
        """Keep a customer's data from being erased. Raises RuleError if it is held already."""
        return erasure.hold(self.store, customer_id, reason, self._clock(), self.agent)

    @needs(Right.ERASE)
    def lift_hold(self, customer_id: int) -> None:
        """End a legal hold. Raises RuleError if there is none."""
        erasure.lift(self.store, customer_id, self._clock(), self.agent)

    @needs(Right.ERASE)
    def note_access(self, customer_id: int) -> None:
        """Record that everything about a customer was written out."""
        self._note(NO_TICKET, ACCESSED, self._clock(), {"customer": customer_id})

    @needs(Right.EXPORT)
    def note_export(self, what: str, form: str) -> None:
        """Record that tickets, messages or events were exported: an erasure lists the exports."""
        self._note(NO_TICKET, EXPORTED, self._clock(), {"what": f"{what} as {form}"})

    @needs(Right.ERASE)
    def expired(self, rules: Sequence[RetentionRule]) -> list[tuple[RetentionRule, list[int]]]:
        """Return for each rule of retention the tickets that it would erase now."""
        return erasure.expired(self.store, rules, self._clock())

    @needs(Right.ERASE)
    def expire(self, rules: Sequence[RetentionRule]) -> int:
        """Erase the content of old tickets; it cannot be undone. Returns how many."""
        return erasure.expire(self.store, rules, self._clock(), self.agent)

    @needs(Right.WORK)
    def redact(
        self, ticket_id: int, reason: str, *, kinds: Sequence[Kind] = (), texts: Sequence[str] = (), now: bool = False
    ) -> Done:
        """Replace confidential data of these kinds, and these texts, wherever the ticket has them: for good.

        It is carried out by `tick` once it can no longer be undone, or at once with `now`. Raises RuleError without a
        reason, for a ticket that does not exist, and where nothing of it is there.
        """
        at, ticket = self._clock(), self._ticket(ticket_id, None)
        erasure.refuse_held(self.store, ticket.customer_id)
        if not reason.strip():
            raise RuleError("No reason", f"Give the reason to redact #{ticket_id}; it is kept.")
        if Kind.EMAIL in kinds:
            raise RuleError("Not on a ticket", "An e-mail address is its person's, not one ticket's; use --text.")
        there = [text for text in texts if redact.has(self.store, ticket_id, text)]
        if not redact.values_of(self.store, ticket_id, kinds, there):
            raise RuleError("Nothing to redact", f"Nothing of it is on #{ticket_id}; look with `tridesk show`.")
        due = at if now else at + self.rules.undo_seconds
        names = [str(kind) for kind in kinds]
        wanted = {"ticket": ticket_id, "kinds": names, "texts": list(texts), "due": due}
        with self.store.write():
            action = self.store.actions.begin(self.agent, at)
            step = redact.ask(self.store, action, ticket_id, wanted)
            summary = f"#{ticket_id}: redaction" + ("" if now else ", for good once it can no longer be undone")
            self.store.actions.finish(action, summary, [step])
            detail = {"kinds": names + (["text"] if texts else []), "reason": masked(reason.strip())}
            self.store.events.add(action, ticket_id, at, self.agent, "redaction", detail)
        if now:
            self.redact_due()
        return Done(action, summary, (ticket_id,))

    def redact_due(self) -> int:
        """Carry out the redactions whose undo window is over; return how many there were."""
        waiting = redact.due(self.store, self._clock())
        for key, wanted in waiting:
            with self.store.write():
                if not self.store.redaction.drop(key):
                    continue
                action = int(key.partition(":")[2])
                count, seals = redact.carry_out(self.store, wanted)
                self.store.actions.mark(action, "settled")
                detail = {"values": count, **sealed(seals)}
                self.store.events.add(action, wanted["ticket"], self._clock(), CLOCK, "redacted", detail)
        if waiting:
            self.store.redaction.sweep()
        return len(waiting)

    @needs(Right.REVEAL)
    def note_unmasked(self, ticket_id: int, kinds: Sequence[str], where: str, reason: str = "") -> None:
        """Record that the agent saw confidential data unmasked: of which kinds, where, and why; never the data.

        `ticket_id` is 0 where many tickets were read. Raises RuleError for a ticket that does not exist.
        """
        if ticket_id != NO_TICKET:
            ticket_id = self._ticket(ticket_id, None).id
        detail = {"kinds": list(kinds), "where": where} | ({"reason": masked(reason.strip())} if reason.strip() else {})
        self._note(ticket_id, UNMASKED, self._clock(), detail)

    def _note(self, ticket_id: int, kind: str, now: int, detail: Mapping[str, Any]) -> None:
        """Write an event that changes nothing: `undo` ignores it."""
        with self.store.write():
            action = self.store.actions.begin(self.agent, now)
            self.store.events.add(action, ticket_id, now, self.agent, kind, detail)

    def begin_shift(self, wordings: shift.Wordings) -> Shift:
        """Begin the agent's shift; `wordings` are the current texts of procedures and macros, to compare later."""
        with self.store.write():
            return shift.begin(self.store, self.agent, self._clock(), wordings)

    def end_shift(self, note: str, *, hand_to: str = "", texts: Mapping[int, str] = MappingProxyType({})) -> Shift:
        """End the agent's shift and store its hand-over; `undo` resumes it. Raises RuleError outside a shift.

        What is left of tickets, `texts` by number, is handed over to the colleague `hand_to` with it.
        """
        now = self._clock()
        with self.store.write():
            ended, action, steps = shift.end(self.store, self.agent, now, note.strip())
            for ticket_id, text in texts.items() if hand_to else ():
                change = Change(hand_to=hand_to, note=text)
                steps += self._changer.carry_out(self._ticket(ticket_id, None), change, action, now)
            summary = f"shift ended, {len(texts)} handed over to {hand_to}" if hand_to and texts else "shift ended"
            self.store.actions.finish(action, summary, steps)
            return ended

    def handovers(self) -> list[Handover]:
        """Return what colleagues handed over to the agent and waits for an answer, the oldest first."""
        return self.store.handovers.to([self.agent, *self.rules.logins])

    def note_handover(self, message_id: int, author: str, said: HandoverState, addressee: str) -> None:
        """Take in what a colleague's note at another desk of the team says of a hand-over."""
        with self.store.write(bulk=True):
            note_from_outside(self.store, message_id, author, said, addressee)

    def receive(self, items: Sequence[Incoming], *, bulk: bool = False) -> list[Received]:
        """File incoming messages in one transaction; return the result for each, in order."""
        now = self._clock()
        with self.store.write(bulk=bulk):
            action = self.store.actions.begin(INTAKE, now)
            return self._filer.file_all(items, action, now)

    def take_over(
        self, items: Sequence[Incoming], standing: Standing, imported: Imported, *, bulk: bool = False
    ) -> list[Received]:
        """File all messages of a ticket exported from another tool, and restore its state there.

        Returns the result for each. The messages name the ticket by their `external_ref`. A ticket that an agent
        has worked on since the import keeps its status, tags and so on.
        """
        now = self._clock()
        with self.store.write(bulk=bulk):
            received = self.receive(items, bulk=bulk)
            if received:
                action = self.store.actions.begin(imported_state.IMPORT, now)
                ticket = self._ticket(received[-1].ticket_id, None)
                imported_state.stand(self.store, self.rules, ticket, standing, imported, action, now)
        return received

    def pass_on(self, ticket_id: int, reply: ColleaguesReply, connector: str) -> int:
        """Send a colleague's reply through a mail account of this desk; return the message's number.

        It was checked at the colleague's desk. Raises RuleError if it cannot be sent.
        """
        now = self._clock()
        with self.store.write():
            action = self.store.actions.begin(reply.author, now)
            return pass_on(self.store, self.rules, self._ticket(ticket_id, None), reply, connector, action, now)

    @needs(Right.WORK)
    def reclock(self, *, dry_run: bool = False) -> Reclocked:
        """Recalculate every running ticket's clocks by the current policies; `dry_run` only counts."""
        with self.store.write():
            return reclock(self.store, self.rules, self._clock(), dry_run=dry_run)

    @needs(Right.WORK)
    def detach(self, connector: str, to: str) -> Done:
        """Make the tickets of a system that this desk leaves its own, answered through the connector `to` from now on.

        Raises RuleError while replies wait for that system.
        """
        now = self._clock()
        with self.store.write():
            if any(entry.connector == connector for entry in self.store.outbox.waiting()):
                raise RuleError("Replies wait", f"Replies wait for {connector}; `tridesk outbox list` shows them.")
            action = self.store.actions.begin(self.agent, now)
            steps: list[Step] = []
            numbers = []
            for ticket in list(self.store.tickets.each()):
                if ticket.connector == connector:
                    steps += write_fields(self.store, ticket, {"connector": to, "external_ref": ""})
                    self.store.events.add(action, ticket.id, now, self.agent, "change", {"left": connector})
                    numbers.append(ticket.id)
            summary = f"{len(numbers)} tickets of {connector} are this desk's own"
            self.store.actions.finish(action, summary, steps)
        return Done(action, summary, tuple(numbers))

    def mentions(self, *, everything: bool = False) -> list[Mention]:
        """Return the newest notes that mention the agent; only those neither seen nor answered at first."""
        return self.store.mentions.of(self.rules.logins, self.agent, everything=everything)

    @needs(Right.WORK)
    def see_mentions(self, ticket_id: int) -> int:
        """Mark the agent's mentions on a ticket as seen; return how many were not before."""
        with self.store.write():
            self._ticket(ticket_id, None)
            return self.store.mentions.see(ticket_id, [self.agent, *self.rules.logins], self._clock())

    def follow(
        self,
        ticket_id: int,
        actor: str,
        *,
        assignee: str | None = None,
        status: Status | None = None,
        lane: str | None = None,
        tags: tuple[str, ...] | None = None,
        values: Mapping[str, str] | None = None,
        at: int | None = None,
        assigned: str = "",
    ) -> None:
        """Apply an outside change to a ticket: another agent took, solved or tagged it, set its custom fields to
        `values`, or it was moved elsewhere. `at` is when that happened, if not just now; `assigned` is why it was
        assigned to its agent. A ticket that was merged into another follows nothing.
        """
        now = self._clock() if at is None else at
        with self.store.write():
            ticket = self._ticket(ticket_id, None)
            if ticket.merged_into is not None:
                return
            fields: dict[str, Any] = {"updated_at": max(now, ticket.updated_at)}
            named = {"assignee": assignee, "lane": lane, "tags": tags, "fields": values}
            fields |= {name: value for name, value in named.items() if value is not None}
            if status is not None:
                fields |= {"status": status, "snoozed_until": None}
            moved = lane_after(self.store, self.rules, ticket, fields)
            fields = with_clocks(self.store, self.rules, ticket, fields | moved, now)
            action = self.store.actions.begin(actor, now)
            write_fields(self.store, ticket, fields)
            detail = {"changed": changed_fields(ticket, fields)} | ({PLACED_BY: "filter"} if moved else {})
            detail |= {assigning.ASSIGNED: assigned} if assigned else {}
            self.store.events.add(action, ticket_id, now, actor, FOLLOWED, detail)

    def tick(self) -> int:
        """Wake snoozed tickets that are due, and tickets whose other team is late; return how many.

        Redactions that can no longer be undone are carried out too, and tickets that no one has are assigned.
        """
        self.redact_due()
        now = self._clock()
        if self.rules.assigning:
            with self.store.write():
                assigning.carry_out(self.store, self.rules, now)
        late = self.store.escalations.overdue(now, untold=True)
        due = self.store.tickets.to_wake(now)
        if not due and not late:
            return 0
        with self.store.write():
            action = self.store.actions.begin(CLOCK, now)
            for ticket_id in due:
                self._wake(self._ticket(ticket_id, None), action, now, "woken", {})
            for child in late:
                self.store.escalations.tell(child.id)
                ticket = self._ticket(child.ticket_id, None)
                if ticket.status is Status.ON_HOLD:
                    self._wake(ticket, action, now, "overdue", {"escalation": child.id})
        return len(due) + len(late)

    def _wake(self, ticket: Ticket, action: int, now: int, kind: str, detail: Mapping[str, Any]) -> None:
        fields: dict[str, Any] = {"status": Status.OPEN, "snoozed_until": None, "updated_at": now}
        fields = with_clocks(self.store, self.rules, ticket, fields, now)
        write_fields(self.store, ticket, fields)
        detail = {**detail, "changed": changed_fields(ticket, fields)}
        self.store.events.add(action, ticket.id, now, CLOCK, kind, detail)

    def _ticket(self, ticket_id: int, version: int | None) -> Ticket:
        ticket = self.store.tickets.get(ticket_id)
        if ticket is None:
            raise RuleError("No such ticket", f"There is no ticket #{ticket_id}; check the number.")
        if version is not None and ticket.version != version:
            raise ConflictError("Ticket changed", f"#{ticket_id} was changed meanwhile; look at it again.")
        return ticket

    def _turned(
        self,
        action: int,
        summary: str,
        steps: list[Step],
        kind: str,
        now: int,
        kept: Sequence[int] = (),
        before: Mapping[int, Ticket | None] = MappingProxyType({}),
    ) -> Done:
        """Write the event of an undo or redo; `kept` are the tickets whose reply or mail had been sent.

        `before` are the tickets of an action that is undone in part: its events stay, so this one has to say what
        changed.
        """
        about = tuple(dict.fromkeys(step["ticket"] for step in steps))
        tickets = tuple(number for number in about if number != NO_TICKET)
        for ticket_id in about:
            detail: dict[str, Any] = {"action": action} | ({"rest": True} if ticket_id in kept else {})
            was, now_is = before.get(ticket_id), self.store.tickets.get(ticket_id)
            if was is not None and now_is is not None:
                detail["changed"] = changed_fields(was, {name: getattr(now_is, name) for name in RECORDED})
            self.store.events.add(action, ticket_id, now, self.agent, kind, detail)
        leaves = any(step["kind"] == OUTBOX for step in steps) and kind == "redo"
        return Done(action, summary, tickets, now + self.rules.undo_seconds if leaves else None, bool(kept))


def _already_left(action: Action, gone: undoing.Gone) -> LeftError:
    """Return what was sent, and what a second undo can still undo."""
    mails = sum(step["kind"] == OUTBOX for step in action.steps)
    numbers = ", ".join(f"#{ticket_id}" for ticket_id in sorted({ticket_id for ticket_id, _ in gone})[:5])
    if mails == 1:
        (what,) = {part for _, part in gone}
        sentence = f"The {_MAILS.get(what, 'mail to the other team')} of {numbers} has left"
    else:
        sentence = f"{len(gone)} of {mails} mails were sent ({numbers}{', …' if len(gone) > 5 else ''})"
    rest = undoing.rest(action.steps, gone)
    more = f"the rest can still be undone: {', '.join(rest)}" if rest else "there is nothing else to undo"
    return LeftError("Already left", f"{sentence} and cannot be recalled; {more}.", action.id)


def _moved(changes: Mapping[int, Change], steps: Sequence[Step]) -> str:
    """Describe the lanes that tickets went to because of what was changed, such as a tag."""
    asked = {ticket_id for ticket_id, change in changes.items() if change.lane is not None}
    lanes = Counter(
        step["after"]["lane"] or NOWHERE
        for step in steps
        if step["kind"] == FIELDS and "lane" in step["after"] and step["ticket"] not in asked
    )
    named = ", ".join(f"{lane} ({count})" if len(changes) > 1 else lane for lane, count in lanes.items())
    return f"; now in {named}" if named else ""


def _summary(changes: Mapping[int, Change], solves: int | None, opened: Sequence[int]) -> str:
    """Describe an action, for the toast and the undo key; in bulk every change does the same to its ticket.

    `opened` are the tickets that came of it.
    """
    ticket_ids, change = tuple(changes), next(iter(changes.values()), Change())
    done = [f"P-{solves} solved"] if solves is not None else []
    done += [text for command in commands_of(change) if (text := command.describe(change))]
    numbers = f"#{ticket_ids[0]}" if len(ticket_ids) == 1 else f"{len(ticket_ids)} tickets"
    into = f" into {', '.join(f'#{number}' for number in opened)}" if opened else ""
    return f"{numbers}: {', '.join(done) or 'unchanged'}{into}"
