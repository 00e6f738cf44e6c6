"""The single checks on a reply's text. Each returns its findings with the place of the words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from data.records import Customer, Finding
from macros.render import HOLE
from macros.wording import (
    ASKS_SECRET,
    DENIES,
    FORBIDDEN,
    GREETING,
    NOT_NAMES,
    PLACEHOLDER,
    SAYS_ATTACHED,
    THEIR_ATTACHMENT,
)

_QUESTION_END = re.compile(r"[?!]+(?=[\s\"'»”)\]*]|$)")
_SENTENCE_BREAK = re.compile(r"[?!]|[.…]\s|\n")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_WORD = re.compile(r"[^\W\d_]{4,}")
_FORBIDDEN_SAID = {
    "promise-refund": "This promises money; only say what is already decided.",
    "promise-outcome": "This says what happens to somebody else; tell only that it is being looked at.",
}


def holes(text: str) -> list[Finding]:
    """Find values that are missing: `{{ name }}`, and the placeholders people type."""
    found = [
        Finding("hole", f"The value {one[1].strip() or 'here'} is missing.", *one.span(), blocking=True)
        for one in HOLE.finditer(text)
    ]
    taken = [(one.start, one.end) for one in found]
    for one in PLACEHOLDER.finditer(text):
        if not any(start < one.end() and one.start() < end for start, end in taken):
            found.append(Finding("hole", f"{one[0]} still has to be filled in.", *one.span(), blocking=True))
    return found


def secrets(text: str) -> list[Finding]:
    """Find a request for a password, a code, a PIN or a whole card number; a warning against it is not one."""
    message = "Never ask for a password, a code or a whole card number."
    return [
        Finding("asks-secret", message, *one.span(), blocking=True)
        for pattern in ASKS_SECRET
        for one in pattern.finditer(text)
        if not DENIES.search(text[max(0, one.start() - 60) : one.start()])
    ]


def forbidden(text: str) -> list[Finding]:
    """Find promises of money or of what happens to a reported person."""
    return [
        Finding(rule, _FORBIDDEN_SAID[rule], *one.span())
        for rule, patterns in FORBIDDEN.items()
        for pattern in patterns
        for one in pattern.finditer(text)
        if not DENIES.search(text[max(0, one.start() - 60) : one.start()])
    ]


def name(text: str, customer: Customer) -> list[Finding]:
    """Find a greeting by a name that is not the customer's."""
    found = GREETING.match(text)
    if found is None:
        return []
    words = [one for one in found["name"].split() if folded(one) not in NOT_NAMES and one[0].isupper()]
    known = set(re.findall(r"[\w'’-]+", folded(customer.name)))
    wrong = [one for one in words if folded(one) not in known]
    if not words or not wrong or len(wrong) < len(words):
        return []
    called = customer.name or "no name that we know"
    message = f"The reply greets {' '.join(words)}, but the customer is {called}."
    return [Finding("name", message, *found.span("name"))]


def inverted_marks(text: str) -> list[Finding]:
    """Find Spanish questions and exclamations without the mark that opens them (Ortografía RAE, 2010, 3.4.9)."""
    found = []
    for one in _QUESTION_END.finditer(text):
        sentence = _SENTENCE_BREAK.split(text[max(0, one.start() - 400) : one.start()])[-1].lstrip()
        if sentence and not {"¿", "¡"} & set(sentence):
            opening = "¿" if "?" in one[0] else "¡"
            message = f"Spanish opens this sentence with {opening}."
            found.append(Finding("inverted-marks", message, one.start() - len(sentence), one.end()))
    return found


def attachment(text: str) -> list[Finding]:
    """Find talk of an attachment of ours: a reply carries none."""
    found = [
        one
        for one in SAYS_ATTACHED.finditer(text)
        if not THEIR_ATTACHMENT.search(text[max(0, one.start() - 40) : one.start()])
    ]
    message = "The reply speaks of an attachment, but carries none."
    return [Finding("attachment", message, *one.span()) for one in found[:1]]


def card_numbers(text: str) -> list[Finding]:
    """Find payment card numbers: 13 to 19 digits whose check digit is right (ISO/IEC 7812-1, Luhn)."""
    message = "This looks like a whole card number; leave at most its last four digits."
    return [Finding("card-number", message, *one.span()) for one in _CARD.finditer(text) if luhn(one[0])]


def luhn(digits: str) -> bool:
    """Tell whether the check digit is right; spaces and dashes do not count."""
    numbers = [int(one) for one in digits if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in numbers[-2::-2]]
    return bool(numbers) and (sum(numbers[-1::-2]) + sum(doubled)) % 10 == 0 and any(numbers)


def addresses(text: str, known: Collection[str], own: Collection[str]) -> list[Finding]:
    """Find e-mail addresses that are neither in this conversation nor ours."""
    found = []
    for one in _ADDRESS.finditer(text):
        address = one[0].lower()
        if address not in known and address not in own and "@" + address.partition("@")[2] not in own:
            message = f"{one[0]} is not in this conversation; make sure that the customer may see it."
            found.append(Finding("other-address", message, *one.span()))
    return found


def unanswered(text: str, incoming: Sequence[str]) -> list[Finding]:
    """Count the customer's questions that share no word with the reply, where two or more were asked."""
    questions = [one.strip() for message in incoming for one in re.findall(r"[^.?!\n¿]{3,300}\?", message)]
    said = _stems(text)
    open_ones = [one for one in questions if _stems(one) and not _stems(one) & said]
    if len(questions) < 2 or not open_ones:
        return []
    message = f"{len(open_ones)} of {len(questions)} questions may be unanswered: {open_ones[0][:80]}"
    return [Finding("unanswered", message)]


def folded(text: str) -> str:
    """Return the text in lower case without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(one))


def _stems(text: str) -> set[str]:
    return {word[:5] for word in _WORD.findall(folded(text))}
