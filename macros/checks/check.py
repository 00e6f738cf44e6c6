"""Checks a reply before it leaves: what could harm someone blocks it, other findings are warnings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from data.protocols import Sending
from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.forwards import Forward
from data.records.messages import Direction, Message
from data.records.tickets import HARM_LANES, UNKNOWN_LANGUAGE, Ticket
from macros.checks import inside, names, personal, register, safety, spanish
from macros.checks.folding import free
from macros.checks.others import others_data
from macros.checks.questions import unanswered
from macros.checks.recipient import changed_recipient, is_safety
from macros.checks.wording_rules import addresses, attachment, forbidden, holes, secrets

Speller = Callable[[str, str, str], list[Finding]]
"""Finds misspelt words in a text of a language (ISO 639-1); the third text is what the customer wrote."""

Detector = Callable[[str], tuple[str, float]]
"""Tells the language of a text, ISO 639-1 or `und`, and how sure it is from 0 to 1."""

ALONE = Sending()
"""For a text that is checked by itself, before its sender and recipient are known."""


@dataclass(frozen=True, slots=True)
class Checker:
    """The checks before sending, as `data.protocols.ReplyChecker` wants them."""

    detect: Detector
    own_addresses: Collection[str] = field(default_factory=tuple)
    """Addresses (`help@shop.example`) or whole domains (`@shop.example`) that a reply may name."""
    spell: Speller | None = None
    """None if spelling is not checked."""
    harm_lanes: Collection[str] = HARM_LANES
    """The lanes that handle harm: what a reply says weighs more there."""
    sure: float = 0.8
    """How sure the detector has to be before a language is called wrong."""

    def __call__(
        self,
        change: Change,
        ticket: Ticket,
        customer: Customer,
        conversation: Sequence[Message],
        sending: Sending = ALONE,
        /,
    ) -> list[Finding]:
        """Return the findings in a reply: blocking ones first, then in the order of the text."""
        if change.forward is not None:
            return self._forwarded(change.forward, ticket, customer, conversation, sending)
        if change.reply is None:
            return []
        text = change.reply
        if not text.strip():
            return [Finding("empty", "The reply is empty; write something or leave it out.", blocking=True)]
        known = _known(ticket, customer, conversation)
        findings = holes(text) + secrets(text) + forbidden(text)
        findings += [] if change.attachments else attachment(text)
        findings += [
            replace(finding, start=0, end=0, message=f"Subject: {finding.message}") for finding in holes(change.subject)
        ]
        findings += self._private(text, ticket, customer, conversation, sending, known)
        findings += names.greeting(text, customer) + names.spoken_to(text, customer, sending.agent)
        findings += names.signed(text, sending.agent, conversation)
        findings += safety.specialist(text) + (safety.blame(text) if is_safety(ticket, self.harm_lanes) else [])
        findings += changed_recipient(ticket, customer, conversation, sending.recipient, sending.now, self.harm_lanes)
        findings += self._language(text, change, ticket, customer, conversation, known)
        return sorted(_each_once(findings), key=lambda finding: (not finding.blocking, finding.start, finding.end))

    def _forwarded(
        self, forward: Forward, ticket: Ticket, customer: Customer, conversation: Sequence[Message], sending: Sending
    ) -> list[Finding]:
        """Find what a third party must not read, and what of the customer's leaves with the text."""
        text, known = forward.text, _known(ticket, customer, conversation)
        findings = holes(text) + secrets(text) + forbidden(text) + personal.numbers(text)
        findings += personal.given_secrets(text) + inside.marked(text) + inside.from_notes(text, conversation)
        if sending.people is not None:
            findings += others_data(text, ticket, known, self.own_addresses, sending.people)
        seen = [(text[one.start : one.end], one) for one in addresses(text, "", self.own_addresses)]
        seen += [(text[one.start : one.end], one) for one in personal.phones(text, "")]
        message = "{what} leaves to {to}; make sure that they may have it."
        findings += [
            replace(finding, rule="personal-data", message=message.format(what=what, to=sending.recipient))
            for what, finding in seen
        ]
        return sorted(_each_once(findings), key=lambda finding: (not finding.blocking, finding.start, finding.end))

    def _private(
        self,
        text: str,
        ticket: Ticket,
        customer: Customer,
        conversation: Sequence[Message],
        sending: Sending,
        known: str,
    ) -> list[Finding]:
        """Find what this customer must not read, or what no mail may contain."""
        findings = personal.numbers(text) + personal.given_secrets(text)
        findings += inside.marked(text) + inside.from_notes(text, conversation)
        if sending.people is not None:
            findings += others_data(text, ticket, known, self.own_addresses, sending.people)
            findings += names.other_people(text, customer, sending.agent, conversation, sending.people)
        return findings + addresses(text, known, self.own_addresses) + personal.phones(text, known)

    def _language(
        self,
        text: str,
        change: Change,
        ticket: Ticket,
        customer: Customer,
        conversation: Sequence[Message],
        known: str,
    ) -> list[Finding]:
        """Find the wrong language, else what the right one asks for."""
        wanted = _language_of(ticket, conversation)
        spoken, confidence = self.detect(text)
        findings: list[Finding] = []
        if _base(spoken) == "es" or (spoken == UNKNOWN_LANGUAGE and _base(change.reply_language) == "es"):
            slips = spanish.inverted_marks(text) + spanish.accents(text)
            # what the customer wrote may be quoted as it is
            findings += [finding for finding in slips if text[finding.start : finding.end].lower() not in known]
            findings += register.register(text, customer) + register.region(text, customer)
        if self.spell is not None:
            misspelt = self.spell(text, _base(spoken), known)
            findings += [finding for finding in misspelt if free(findings, finding.start, finding.end)]
        if UNKNOWN_LANGUAGE not in (spoken, wanted) and spoken != wanted and confidence >= self.sure:
            message = f"The reply is in {spoken}, but the customer writes {wanted}."
            return [*findings, Finding("reply-language", message, 0, len(text))]
        if spoken == wanted:
            findings += unanswered(text, _unanswered_messages(conversation))
        return findings


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what a blocking finding says of the same words already."""
    blocking = [finding for finding in findings if finding.blocking and finding.end > finding.start]
    return [
        finding
        for finding in findings
        if finding.blocking
        or finding.start == finding.end
        or not any(other.start <= finding.start and finding.end <= other.end for other in blocking)
    ]


def _unanswered_messages(conversation: Sequence[Message]) -> list[str]:
    texts: list[str] = []
    for message in conversation:
        if message.direction is Direction.OUT:
            texts = []
        elif message.direction is Direction.IN:
            texts.append(message.new_text)
    return texts


def _language_of(ticket: Ticket, conversation: Sequence[Message]) -> str:
    # What the agent or the ticket says goes first; then what the customer wrote last.
    if ticket.language != UNKNOWN_LANGUAGE:
        return _base(ticket.language)
    written = [message.language for message in conversation if message.direction is Direction.IN]
    return _base(written[-1]) if written else UNKNOWN_LANGUAGE


def _known(ticket: Ticket, customer: Customer, conversation: Sequence[Message]) -> str:
    """Return all that the customer has seen or said already, in lower case, to look words up in."""
    seen = (
        part
        for message in conversation
        if message.direction is not Direction.NOTE
        for part in (message.from_address, message.reply_to, message.new_text)
    )
    mine = (identity.value for identity in customer.identities)
    return "\n".join((ticket.subject, ticket.external_ref, *mine, *seen)).lower()


def _base(language: str) -> str:
    return language.split("-")[0].lower()
