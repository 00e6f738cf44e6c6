"""What other tools call the values that a macro may see, and the languages by their names."""

from __future__ import annotations

import re

_OURS = {
    "customer.first_name": """
        ticket.requester.first_name ticket.requester.firstname ticket.customer.firstname ticket.customer.first_name
        ticket.from_name contact.first_name contact.firstname customer.firstname customer.first_name
        recipient.first_name user.first_name requester.first_name requester.firstname visitor.first_name first_name
        firstname""",
    "customer.name": """
        ticket.requester.name ticket.requester.full_name ticket.customer.name ticket.customer.fullname contact.name
        customer.fullname customer.name recipient.name user.name requester.name visitor.name customer.full_name""",
    "customer.email": """
        ticket.requester.email ticket.customer.email contact.email customer.email recipient.email user.email
        requester.email visitor.email""",
    "customer.language": """
        ticket.requester.language ticket.requester.locale ticket.customer.language contact.language customer.language
        ticket.language user.language""",
    "ticket.id": """
        ticket.id ticket.encoded_id ticket.number conversation.number conversation.id conversation.display_id""",
    "ticket.subject": "ticket.title ticket.subject conversation.subject subject",
    "ticket.reference": "ticket.external_id ticket.reference",
    "ticket.status": "ticket.status conversation.status",
    "ticket.priority": "ticket.priority",
    "ticket.created": "ticket.created_at ticket.created_at_with_time ticket.created conversation.created_at",
    "agent.name": """
        current_user.name ticket.assignee.name ticket.agent.name agent.name user.fullname current_user.full_name
        ticket.assignee.full_name ticket.assignee_user.name assignee.name""",
    "agent.first_name": """
        current_user.first_name current_user.firstname ticket.assignee.first_name ticket.agent.first_name
        ticket.agent.firstname agent.first_name agent.firstname user.firstname assignee.first_name""",
    "brand.name": "ticket.brand.name brand.name mailbox.name inbox.name helpdesk_name ticket.portal_name account.name",
    "brand.email": "mailbox.email inbox.email brand.email ticket.recipient",
    "brand.url": "ticket.brand.url brand.url helpdesk_url ticket.portal_url",
    "brand.signature": "current_user.signature ticket.agent.signature agent.signature user.signature",
    "csat.link": "satisfaction.rating_url satisfaction.positive_rating_url",
    "now": "now today",
}
_BY_THEIRS = {theirs: our_name for our_name, names in _OURS.items() for theirs in names.split()}
_ZENDESK = {
    "customer.first_name": "ticket.requester.first_name", "customer.name": "ticket.requester.name",
    "customer.email": "ticket.requester.email", "customer.language": "ticket.requester.language",
    "ticket.id": "ticket.id", "ticket.subject": "ticket.title", "ticket.reference": "ticket.external_id",
    "ticket.status": "ticket.status", "ticket.priority": "ticket.priority", "ticket.created": "ticket.created_at",
    "agent.name": "current_user.name", "agent.first_name": "current_user.first_name",
    "brand.name": "ticket.brand.name", "brand.url": "ticket.brand.url", "brand.signature": "current_user.signature",
    "csat.link": "satisfaction.rating_url",
}  # fmt: skip
_SAME_PERSON = {"user.firstname": "agent.first_name", "user.fullname": "agent.name", "user.email": "brand.email"}
"""Help Scout's `user` is the agent; everyone else's is the customer."""

FILTERS = {
    "capitalize": "capitalize", "upcase": "upper", "downcase": "lower", "strip": "trim", "titlecase": "title",
    "upper": "upper", "lower": "lower", "title": "title",
}  # fmt: skip

_LANGUAGES = {
    "en": "english inglés ingles englisch anglais en", "es": "spanish español espanol castellano espagnol spanisch es",
    "fr": "french français francais francés frances fr", "de": "german deutsch alemán aleman de",
    "pt": "portuguese português portugues portugués pt", "it": "italian italiano it", "ca": "catalan català ca",
    "nl": "dutch nederlands nl",
}  # fmt: skip
_LANGUAGE_OF = {word: code for code, said in _LANGUAGES.items() for word in said.split()}
LANGUAGE_FIELD = re.compile(r"\b[\w.]*(?:language|locale|lang|idioma)\b", re.I)


def our_name(theirs: str, tool: str = "") -> str:
    """Return our name of a value, or the empty string if there is none."""
    key = theirs.strip().lower()
    if tool == "helpscout" and key in _SAME_PERSON:
        return _SAME_PERSON[key]
    return _BY_THEIRS.get(key, "")


def theirs_of(ours: str) -> str:
    """Return Zendesk's name of a value of ours, or the empty string if there is none."""
    return _ZENDESK.get(ours, "")


def language_code(said: str) -> str:
    """Return the code of a language by its name or code: `Español`, `es-MX`, `Spanish (Spain)`; empty for none."""
    word = said.strip().strip("'\"").lower().replace("_", "-")
    region = re.fullmatch(r"([a-z]{2,3})-([a-z]{2}|\d{3})", word)
    if region:
        return f"{region[1]}-{region[2].upper()}"
    return _LANGUAGE_OF.get(re.split(r"[\s(/-]", word)[0], "") if word else ""


def ask_name(theirs: str, reserved: frozenset[str]) -> str:
    """Return a name for an ask that stands for a value that only the other tool knew."""
    parts = [part for part in re.split(r"[^a-z0-9]+", theirs.lower()) if part]
    short = [part for part in parts if part not in ("ticket", "custom", "fields", "field", "dc", "requester")] or parts
    name = "_".join(short)[:40].strip("_") or "value"
    name = name if name[0].isalpha() else f"value_{name}"[:40]
    return f"{name[:38]}_x" if name in reserved else name
