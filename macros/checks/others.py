"""What belongs to another customer: addresses, handles, phone numbers, order numbers, tickets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from data.protocols import People
from data.records.changes import Finding
from data.records.tickets import Ticket
from macros.checks.folding import ADDRESS, URL, free
from macros.checks.personal import phone_places
from macros.checks.wording_rules import is_ours

_HANDLE = re.compile(r"(?<![\w@./+-])@[A-Za-z0-9_](?:[\w.]{0,28}\w)?")
_NUMBER = re.compile(r"(?<![\w@./-])[A-Z]{0,6}-?(?:\d-?){4,19}\d(?:-?[A-Z]{1,3})?(?![\w/-]|[.,]\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}-\d{1,2}-\d{4}")
_TICKET = re.compile(r"\b(?:ticket|case|caso|tique|request|solicitud|incidencia|consulta) ?#(\d{1,9})\b", re.IGNORECASE)


def others_data(text: str, ticket: Ticket, known: str, own_addresses: Collection[str], people: People) -> list[Finding]:
    """Find what the store knows of another customer. `known` is all that this conversation holds, folded to lower case.

    `known` is text that the customer has already seen.
    """
    findings = _known_by(text, ticket.customer_id, known, own_addresses, people)
    findings += [
        finding for finding in _numbers(text, ticket, known, people) if free(findings, finding.start, finding.end)
    ]
    return findings + _tickets(text, ticket, people)


def _known_by(text: str, customer_id: int, known: str, own_addresses: Collection[str], people: People) -> list[Finding]:
    places = [(match[0].lower(), *match.span()) for match in ADDRESS.finditer(text)]
    places += [(match[0].lower(), *match.span()) for match in _HANDLE.finditer(text)]
    places += [(digits, start, end) for start, end, digits in phone_places(text)]
    unknown = {value for value, _, _ in places if value not in known and not is_ours(value, own_addresses)}
    forms = {form: value for value in unknown for form in _forms(value)}
    results = people.whose(list(forms)) if forms else {}
    owners = {forms[form]: owner for form, owner in results.items()}
    return [
        _finding(text[start:end], start, end)
        for value, start, end in places
        if owners.get(value, customer_id) != customer_id
    ]


def _forms(value: str) -> Iterable[str]:
    """Return how a value may be kept: a handle with its @ or without, a phone number with its + or without."""
    if value.startswith("@"):
        return (value, value[1:])
    return (value, f"+{value}") if value.isdigit() else (value,)


def _numbers(text: str, ticket: Ticket, known: str, people: People) -> list[Finding]:
    links = [match.span() for match in URL.finditer(text)]
    places = [
        match
        for match in _NUMBER.finditer(text)
        if match[0].lower() not in known
        and match[0] not in (str(ticket.id), ticket.external_ref)
        and not _DATE.fullmatch(match[0])
        and not any(start <= match.start() < end for start, end in links)
    ]
    writers = people.wrote(list(dict.fromkeys(match[0] for match in places))) if places else {}
    # a number that several customers wrote is an article's or a version's, no one's own
    return [
        _finding(match[0], *match.span())
        for match in places
        if len(writers.get(match[0], ())) == 1 and ticket.customer_id not in writers[match[0]]
    ]


def _tickets(text: str, ticket: Ticket, people: People) -> list[Finding]:
    places = [match for match in _TICKET.finditer(text) if int(match[1]) != ticket.id]
    owners = {match[1]: people.owner(int(match[1])) for match in places}
    return [
        _finding(f"#{match[1]}", *match.span())
        for match in places
        if owners[match[1]] not in (None, ticket.customer_id)
    ]


def _finding(what: str, start: int, end: int) -> Finding:
    message = f"{what} belongs to another customer; leave it out."
    return Finding("other-customer", message, start, end, blocking=True)
