"""The promise that a change makes to the customer, and settling earlier promises."""

from __future__ import annotations

from data.records.changes import Change
from data.records.promises import Promise
from data.records.tickets import Ticket
from data.store import Store
from queues.clocks.calendar import Calendar
from queues.desk.commands.command import Command, TicketChange
from queues.desk.desk_rules import DeskRules
from queues.desk.recipient import customer_of
from queues.ground import statuses
from queues.promises import find_promises, promise_steps


class GivePromise(Command):
    """Stores the promise; a reply, or finishing the ticket, settles earlier promises."""

    def asked(self, change: Change) -> bool:
        """The change may make a promise, perhaps in a reply's text, or settle an earlier promise."""
        return change.reply is not None or change.promise is not None or change.status in statuses.DONE

    def write(self, work: TicketChange) -> None:
        """Settle earlier promises, then store the new promise."""
        ticket, change = work.ticket, work.change
        promised = promise_of(work.store, work.rules, ticket, change, work.now)
        done = work.status in statuses.DONE
        steps = promise_steps.carry_out(
            work.store, ticket, change, promised, work.steps, work.now, work.agent, done=done
        )
        work.steps.extend(steps)
        work.detail.update(promise_steps.event_detail(steps))


def promise_of(store: Store, rules: DeskRules, ticket: Ticket, change: Change, now: int) -> Promise | None:
    """Return the change's promise: the explicit promise, else the first time named in its reply."""
    return promise_steps.of_change(change, office_of(store, rules, ticket), now)


def office_of(store: Store, rules: DeskRules, ticket: Ticket) -> Calendar:
    """Return the working week in the time zone of the ticket's customer."""
    return find_promises.office_for(rules.office, customer_of(store, ticket))
