"""What the agent may change of a reply before it leaves: who gets a copy, and by when an answer is promised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.records.changes import Change
from data.records.promises import Promise
from tui.look.one_line import one_line
from tui.look.words import words

if TYPE_CHECKING:
    from tui.replying.reply_card_lines import Card


def promised_by(card: Card, answer: str) -> Change | str:
    """Return the change with the promised time that the agent typed, or what is wrong with it."""
    from queues.clocks.time_words import read_due

    due_at = read_due(answer, card.now, card.office) if card.office is not None else None
    if due_at is None:
        return words("That is not a future time; write tomorrow, Friday 17:00 or 2 days.")
    given = card.change.promise
    promise = Promise(given.text if given is not None else answer, due_at)
    return replace(card.change, promise=promise, gives_no_promise=False)


def copied_to(card: Card, answer: str) -> Change | str:
    """Return the change with the people that get a copy, or what is wrong with one of them."""
    from queues.desk.participants import MOST_COPIED, is_person, without
    from queues.mail.addresses import addresses

    named = [address or name for name, address in addresses(answer)]
    unfit = next((address for address in named if not is_person(address, card.our_addresses)), "")
    if unfit:
        message = words("{address} is ours or not a person's mail address; correct it.")
        return message.format(address=one_line(unfit))
    cc = without(named, card.recipient)
    if len(cc) > MOST_COPIED:
        return words("At most {most} people get copies.").format(most=MOST_COPIED)
    copied = {person.address for person in card.people if person.copied}
    later = tuple(address for address in cc if address not in copied and address not in card.copies)
    return replace(card.change, cc=cc, take_in=later)


def taking_in(card: Card) -> Change:
    """Return the change by which this reply and later ones go to the people who are new in Cc, too."""
    change = card.change
    cc = change.cc if change.cc is None else (*change.cc, *card.new)
    return replace(change, cc=cc, take_in=(*change.take_in, *card.new))
