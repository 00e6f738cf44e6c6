"""Taking people in Cc in, so that they get copies of the ticket's replies, and dropping them."""

from __future__ import annotations

from data.errors import ConflictError, RuleError
from data.records.changes import Change
from data.records.participants import Standing
from data.records.tickets import Ticket
from data.store import Store
from queues.desk.commands.command import Command, TicketChange
from queues.desk.desk_rules import DeskRules
from queues.desk.participants import MOST_COPIED, is_person, participants, without
from queues.ground.undo_steps import Step, StepKind, old_and_new
from queues.outgoing import mail_bytes

COPIES = "copies"
"""The kind of the step."""


class DecideCopies(Command):
    """Decides for all replies to come; a reply of the same change goes by it already."""

    def asked(self, change: Change) -> bool:
        """Someone is taken in or dropped."""
        return bool(change.take_in or change.leave_out)

    def check(self, work: TicketChange) -> None:
        """Refuse an address that is not a person's, one both added and dropped, and more people than allowed."""
        taken, dropped = without(work.change.take_in, ""), without(work.change.leave_out, "")
        refuse_unfit(work.rules, work.ticket, (*taken, *dropped))
        if set(taken) & set(dropped):
            raise RuleError("Both ways", f"#{work.ticket.id}: an address is taken in and dropped at once; say which.")
        people = participants(work.store, work.rules, work.ticket)
        copied = {person.address for person in people if person.copied} - set(dropped) | set(taken)
        refuse_too_many(work.ticket, len(copied))

    def write(self, work: TicketChange) -> None:
        """Keep what was decided."""
        before = work.store.participants.decided(work.ticket.id)
        decided = dict.fromkeys(without(work.change.take_in, ""), Standing.TAKEN_IN)
        decided |= dict.fromkeys(without(work.change.leave_out, ""), Standing.DROPPED)
        for address, standing in decided.items():
            if before.get(address) is standing:
                continue
            work.store.participants.decide(work.ticket.id, address, standing)
            step: Step = {"kind": COPIES, "ticket": work.ticket.id, "address": address}
            work.steps.append(step | {"before": before.get(address), "after": standing})
        work.detail["copies"] = {address: str(standing) for address, standing in decided.items()}

    def describe(self, change: Change) -> str:
        """Return who was taken in or dropped."""
        done = [f"Cc +{address}" for address in change.take_in] + [f"Cc -{address}" for address in change.leave_out]
        return " ".join(done)


def refuse_unfit(rules: DeskRules, ticket: Ticket, addresses: tuple[str, ...]) -> None:
    """Raise RuleError where copies cannot go to an address, or where a ticketing system sends the replies."""
    if addresses and not mail_bytes.carries_cc(ticket.connector):
        system = ticket.connector.partition(":")[0]
        raise RuleError("No Cc here", f"#{ticket.id} is answered through {system}, which has a Cc of its own.")
    for address in addresses:
        if not is_person(address, rules.our_addresses):
            why = f"{address} is ours, a mailer daemon's or not a mail address; name another."
            raise RuleError("Not for Cc", f"#{ticket.id}: {why}")


def refuse_too_many(ticket: Ticket, number: int) -> None:
    """Raise RuleError where more people would get copies than may."""
    if number > MOST_COPIED:
        raise RuleError("Too many in Cc", f"#{ticket.id}: {number} people in Cc, at most {MOST_COPIED}; drop some.")


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    old, new = old_and_new(step, forward=forward)
    if store.participants.decided(step["ticket"]).get(step["address"]) != old:
        raise ConflictError("Ticket changed", f"The Cc of #{step['ticket']} was changed since; look at it again.")
    store.participants.decide(step["ticket"], step["address"], Standing(new) if new else None)


STEP_KINDS = {COPIES: StepKind(_turn, lambda step: "the people in Cc")}
