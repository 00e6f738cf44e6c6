"""Answering in plain lines: the whole reply is shown with what stands in its way, and sent only after a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.records.changes import Change, Done
from data.records.tickets import UNKNOWN_LANGUAGE, Status, Ticket
from macros.filling.answers import problem
from macros.filling.macro import Ask, Kind, Macro
from queues.ground.presence import Present, present
from tui.linear.changes_read_out import ChangedWording
from tui.linear.console import Console, listed
from tui.look.shown import safe_line, safe_text
from tui.look.words import translated, words
from tui.setup.clock import wall_clock
from tui.ticket.presence_words import presence_words

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.digits.macros_at_hand import Answering
    from tui.replying.reply_card_lines import Card

OUTCOMES = {"s": None, "p": Status.PENDING, "o": Status.OPEN}
"""The letters that send, with the status that each leaves; None for what the macro says."""


class Replying:
    """Fills macros in and takes replies to the desk, by the same rules as the card of the screen."""

    def __init__(
        self, console: Console, desk: Desk, answering: Answering, complete: Callable[[Change, Ticket], Change]
    ):
        """`complete` fills in the escalation text of a change."""
        self._console, self._desk, self._answering, self._complete = console, desk, answering, complete
        self._wording = ChangedWording(console, desk)

    def macro(self, ticket: Ticket, macro: Macro, language: str = "") -> Done | None:
        """Ask what a macro asks for, show its reply and send it if the agent says so. Raises DeskError."""
        if not language and ticket.language == UNKNOWN_LANGUAGE:
            asked = self._console.ask(words("The customer's language is unknown. e English, s Spanish; else nothing."))
            language = {"e": "en", "s": "es"}.get(asked.casefold(), "")
            if not language:
                self._console.say(words("Nothing was sent."))
                return None
        if not self._wording.of_macro(macro, language or ticket.language):
            self._console.say(words("Nothing was sent."))
            return None
        answers: dict[str, str] = {}
        for ask in macro.asks:
            value = self._value(ask, ticket.language)
            if value is None:
                self._console.say(words("Nothing was sent."))
                return None
            answers[ask.name] = value
        while True:
            answer = self._answering.fill_all(ticket, [(macro.name, answers)], language)
            chosen = self._decide(ticket, answer.title, self._complete(answer.change, ticket), may_flip=True)
            if chosen != "l":
                return chosen if isinstance(chosen, Done) else None
            language = "en" if answer.change.reply_language.startswith("es") else "es"

    def text(self, ticket: Ticket, text: str) -> Done | None:
        """Show a reply that was written by hand, and send it if the agent says so. Raises DeskError."""
        chosen = self._decide(ticket, words("Your reply"), Change(reply=text), may_flip=False)
        return chosen if isinstance(chosen, Done) else None

    def _value(self, ask: Ask, language: str) -> str | None:
        """Ask for a value until it is valid; None if the agent gives up."""
        label = safe_line(ask.label.for_language(language) or ask.name)
        hint = words("A single full stop gives up.")
        if ask.kind is Kind.CHOICE:
            self._console.say(*listed(safe_line(choice) for choice in ask.choices))
            hint = f"{words('Type the number.')} {hint}"
        if ask.default:
            hint = f"{words('Empty means {value}.').format(value=safe_line(ask.default))} {hint}"
        while True:
            value = self._console.ask(f"{label}? {hint}")
            if value == ".":
                return None
            if ask.kind is Kind.CHOICE and value.isascii() and value.isdigit() and 0 < int(value) <= len(ask.choices):
                value = ask.choices[int(value) - 1]
            value = value or ask.default
            wrong = problem(ask, value) or ("" if value or ask.optional else words("a value is required"))
            if not wrong:
                return value
            self._console.say(translated(wrong))

    def _decide(self, ticket: Ticket, title: str, change: Change, *, may_flip: bool) -> Done | str:
        """Show a reply and do what the agent answers; `l` if the other language is wanted."""
        card = self._card(ticket, title, change)
        self._console.say(*card_lines(card))
        blocked, reason = card.blocked, ""
        while True:
            letter = self._console.ask_afresh(
                _question(card, blocked=blocked and not reason, may_flip=may_flip)
            ).casefold()
            if letter == "l" and may_flip:
                return "l"
            if letter == "a" and card.addresses:
                other = replace(change, recipient=card.addresses[0])
                return self._decide(ticket, title, other, may_flip=may_flip)
            if (changed := self._changed(card, letter)) is not None:
                return self._decide(ticket, title, changed, may_flip=may_flip)
            if letter == "x" and (blocked or card.gates):
                reason = self._console.ask(words("Why is it sent anyway? The reason is kept. Empty goes back."))
                continue
            if letter not in OUTCOMES:
                self._console.say(words("Nothing was sent."))
                return ""
            status = OUTCOMES[letter] or card.outcome
            if not reason and (blocked or card.held_up(status)):
                self._console.say(words("Not sent: something stands in its way."))
                continue
            if card.weak and not self._console.confirm_afresh(words("This macro may not fit the ticket. Send it?")):
                self._console.say(words("Nothing was sent."))
                return ""
            until = change.snooze_until if status is Status.SNOOZED else None
            sent = replace(card.change, status=status, snooze_until=until, override_reason=reason)
            return self._desk.act((ticket.id,), sent, versions={ticket.id: ticket.version})

    def _changed(self, card: Card, letter: str) -> Change | None:
        """Ask for what a letter changes of the reply, and return it changed; None for other letters."""
        from tui.replying.reply_changes import copied_to, promised_by, taking_in

        change = card.change
        if letter == "e":
            return replace(change, reply=self._edited(change.reply or ""), edited=True)
        if letter == "t":
            return self._asked(card, words("Answer by when? tomorrow, Friday 17:00, 2 days."), promised_by)
        if letter == "n" and change.promise is not None:
            return replace(change, promise=None, gives_no_promise=True)
        if letter == "c" and card.takes_cc:
            return self._asked(card, words("Who gets a copy? Addresses, separated by commas; - for no one."), copied_to)
        if letter == "i" and card.new:
            return taking_in(card)
        return None

    def _asked(self, card: Card, question: str, taken: Callable[[Card, str], Change | str]) -> Change:
        """Ask until the answer can be used; an empty one changes nothing."""
        while answer := " ".join(self._console.ask(f"{question} {words('Empty changes nothing.')}").split()):
            changed = replace(card.change, cc=()) if answer == "-" and card.takes_cc else taken(card, answer)
            if not isinstance(changed, str):
                return changed
            self._console.say(safe_line(changed))
        return card.change

    def _edited(self, text: str) -> str:
        """Have the agent change, add and remove lines, and return the text."""
        lines = text.splitlines()
        while True:
            self._console.say(*(f"{n}. {safe_line(line)}" for n, line in enumerate(lines, 1)))
            asked = self._console.ask(words("Number of the line to change; + adds one, a full stop is the end."))
            if asked in ("", "."):
                return "\n".join(lines)
            if asked == "+":
                lines.append(self._console.ask(words("The new line:")))
            elif asked.isascii() and asked.isdigit() and 0 < int(asked) <= len(lines):
                place = int(asked) - 1
                typed = self._console.ask(words("Its new text; - removes the line, empty leaves it as it is."))
                lines[place : place + 1] = [] if typed == "-" else [typed or lines[place]]
            else:
                self._console.say(words("There is no such line."))

    def _card(self, ticket: Ticket, title: str, change: Change) -> Card:
        """Return what the screen's card would show."""
        from queues.outgoing.mail_bytes import carries_cc
        from tui.replying.reply_card_lines import Card, other_addresses

        desk = self._desk
        change = replace(change, promise=desk.promise(ticket.id, change))
        recipient = change.recipient or desk.recipient(ticket.id)
        weak = bool(change.macro) and self._answering.weak(ticket, change.macro)
        card = Card(title, recipient, change, desk.findings(ticket.id, change), weak=weak and not change.edited,
                    office=desk.office(ticket.id), now=wall_clock())  # fmt: skip
        card = replace(
            card,
            addresses=other_addresses(desk.store.customers.get(ticket.customer_id), recipient),
            people=desk.participants(ticket.id),
            copies=desk.copies(ticket.id, replace(change, cc=None, take_in=())) if recipient else (),
            takes_cc=carries_cc(ticket.connector),
            colleagues=present(desk.store, wall_clock()).get(ticket.id, Present()),
            our_addresses=desk.rules.our_addresses,
        )
        gates = desk.open_gates(ticket.id, replace(change, status=card.outcome))
        guarded = bool(desk.open_gates(ticket.id, replace(change, status=Status.PENDING)))
        return replace(card, gates=[step.words(ticket.language) for step in gates], guarded=guarded)


def card_lines(card: Card) -> Sequence[str]:
    """Return a reply with its recipient, what goes with it, and what stands in its way."""
    change = card.change
    lines = [
        words("Reply: {title}").format(title=safe_line(card.title)),
        words("To {who} · in {language}")
        .format(who=safe_line(card.recipient), language=change.reply_language or "?")
        .replace(" · ", ", "),
    ]
    lines += presence_words(card.colleagues)
    if card.cc:
        lines.append(words("Copies to {people}").format(people=safe_line(", ".join(card.cc))))
    if card.new:
        lines.append(words("New in Cc and left out: {people}").format(people=safe_line(", ".join(card.new))))
    if change.subject:
        lines.append(words("Subject: {subject}").format(subject=safe_line(change.subject)))
    lines += [words("File: {name}, {n} bytes.").format(name=safe_line(part.filename), n=part.size)
              for part in change.attachments]  # fmt: skip
    if tags := [*(f"+{tag}" for tag in change.add_tags), *(f"-{tag}" for tag in change.remove_tags)]:
        lines.append(words("Tags: {tags}").format(tags=safe_line(", ".join(tags))))
    if change.escalate is not None:
        lines.append(words("hands over to {team}").format(team=safe_line(change.escalate.team)))
    if change.promise is not None:
        lines.append(words("Promises an answer: {text}").format(text=safe_line(change.promise.text)))
    lines += ["", *safe_text(change.reply or "").splitlines(), ""]
    if card.weak:
        lines.append(words("This macro may not fit; compare it with the ticket."))
    for finding in card.findings:
        text = words("Blocked: {reason}") if finding.blocking else words("Look: {reason}")
        lines.append(text.format(reason=safe_line(translated(finding.message))))
    lines += [words("First: {step}").format(step=safe_line(gate)) for gate in card.gates]
    return lines


def _question(card: Card, *, blocked: bool, may_flip: bool) -> str:
    from tui.replying.outcomes import done_words

    parts = []
    if not blocked:
        parts.append(words("s sends and {done}").format(done=done_words(card.outcome)))
        parts += [words("p sends, pending"), words("o sends, keeps open")]
    if card.blocked or card.gates:
        parts.append(words("x sends anyway, with a reason"))
    if card.addresses:
        parts.append(words("a another address"))
    parts.append(words("e edits"))
    parts.append(words("t promised time"))
    if card.change.promise is not None:
        parts.append(words("n no promise"))
    if card.takes_cc:
        parts.append(words("c copies"))
    if card.new:
        parts.append(words("i takes in who is new in Cc"))
    if may_flip:
        parts.append(words("l other language"))
    return f"{', '.join(parts)}. {words('Anything else sends nothing.')}"
