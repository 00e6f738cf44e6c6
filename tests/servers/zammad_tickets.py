"""The tickets of the tests' Zammad: what its documentation says of them, and nothing more.

Names are as good as numbers in what it is given, unknown attributes are left out without a word, and nothing can be
asked for on a condition. An article of the type `email` that an agent writes is mailed to its `to`, internal or not.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.hosted_double import Json, Refusal, stamp

NOBODY = 1
"""The user `-`, who owns what no one owns."""
STATES = {1: "new", 2: "open", 3: "pending reminder", 4: "closed", 5: "merged", 6: "removed", 7: "pending close",
          8: "waiting for parts"}  # fmt: skip
"""The states of a fresh system, and one that its administrator added."""
STATE_TYPES = {1: 1, 2: 2, 3: 3, 4: 5, 5: 6, 6: 7, 7: 4, 8: 3}
PENDING = (3, 7, 8)
FOR_AGENTS = (2, 3, 4, 7, 8)
"""The states that the screen of an agent offers for a ticket that is there."""
PRIORITIES = {1: "1 low", 2: "2 normal", 3: "3 high"}
TYPES = {1: "email", 2: "sms", 3: "chat", 4: "fax", 5: "phone", 10: "note", 11: "web"}
SENDERS = {1: "Agent", 2: "Customer", 3: "System"}
COMMUNICATION = ("email", "sms", "chat", "fax", "phone", "web")
_ARTICLE = ("from", "to", "cc", "subject", "reply_to", "message_id", "in_reply_to", "content_type", "references",
            "body", "internal", "preferences", "origin_by_id")  # fmt: skip
_TIMES = ("last_contact_at", "last_contact_agent_at", "last_contact_customer_at", "close_at", "escalation_at",
          "first_response_at", "last_owner_update_at", "pending_time")  # fmt: skip


def invalid(sentence: str) -> Refusal:
    """Return the answer to a request that cannot be carried out."""
    return Refusal(422, {"error": sentence, "error_human": sentence})


def absent(what: str, number: object) -> Refusal:
    """Return the answer to a number that nothing has."""
    sentence = f"Couldn't find {what} with 'id'={number}"
    return Refusal(404, {"error": sentence, "error_human": sentence})


def forbidden(sentence: str = "Not authorized") -> Refusal:
    """Return the answer to who may not do it."""
    return Refusal(403, {"error": sentence, "error_human": sentence})


@dataclass
class ZammadTickets:
    """One system's records; `passes` lets the time of one change go by and returns what time it is."""

    passes: Callable[[], float]
    users: dict[int, Json] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    """The address that mails of a group come from."""
    access: dict[int, set[int]] = field(default_factory=dict)
    """The groups of an agent; who is not named has all of them."""
    attributes: dict[str, str] = field(default_factory=dict)
    """The attributes of tickets that an administrator added, each with the name that people see."""
    tickets: dict[int, Json] = field(default_factory=dict)
    articles: dict[int, Json] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    mailed: list[int] = field(default_factory=list)
    """The articles that went to customers."""
    _numbers: int = 100

    def __post_init__(self) -> None:
        self._add_user(NOBODY, "-", "", "-", active=False)

    def number(self) -> int:
        """Return a number that nothing has yet."""
        self._numbers += 1
        return self._numbers

    # What people do there

    def add_user(self, name: str, email: str, role: str = "Customer") -> int:
        """Add a person, who logs in with the address, and return their number."""
        return self._add_user(self.number(), email.casefold(), email, name, role)

    def _add_user(self, number: int, login: str, email: str, name: str, role: str = "", *, active: bool = True) -> int:
        first, _, last = name.partition(" ")
        self.users[number] = {"id": number, "login": login, "email": email, "firstname": first, "lastname": last,
                              "active": active, "organization_id": None, "roles": [role] if role else []}  # fmt: skip
        return number

    def open(self, customer: int, title: str, words: str, *, group: int, files: Iterable[tuple[str, str, bytes]] = (),
             html: bool = False, **values: Any) -> int:  # fmt: skip
        """Have a customer open a ticket by mail."""
        number, at = len(self.tickets) + 1, stamp(self.passes(), 3)
        self.tickets[number] = {
            "id": number, "group_id": group, "priority_id": 2, "state_id": 1, "organization_id": None,
            "number": str(22000 + number), "title": title, "owner_id": NOBODY, "customer_id": customer, "note": None,
            **dict.fromkeys(_TIMES), "article_count": 0, "type": None, "time_unit": None, "preferences": {},
            "create_article_type_id": 1, "create_article_sender_id": 2, "updated_by_id": customer,
            "created_by_id": customer, "created_at": at, "updated_at": at, **dict.fromkeys(self.attributes), **values,
        }  # fmt: skip
        self.tags[number] = []
        self.write(number, words, files=files, html=html)
        return number

    def write(
        self, ticket: int, words: str, *, files: Iterable[tuple[str, str, bytes]] = (), html: bool = False
    ) -> int:
        """Have the customer write a mail, and return its article's number."""
        row = self.tickets[ticket]
        who = self.users[row["customer_id"]]
        number = self.keep_article(ticket, row["customer_id"], 1, 2, {
            "from": f"{who['firstname']} {who['lastname']} <{who['email']}>", "to": self.addresses[row["group_id"]],
            "subject": row["title"], "body": words, "content_type": "text/html" if html else "text/plain",
        }, files)  # fmt: skip
        if row["state_id"] != 1:
            self._set(ticket, {"state_id": 2}, row["customer_id"])
        return number

    def auto_reply(self, ticket: int, words: str) -> int:
        """Have a trigger answer, as a fresh system does with each new ticket; it is mailed too."""
        row = self.tickets[ticket]
        given = {"body": words, "content_type": "text/html", "to": self.users[row["customer_id"]]["email"]}
        return self.keep_article(ticket, NOBODY, 1, 3, given, ())

    def merge(self, source: int, target: int) -> None:
        """Have the articles of a ticket moved to another."""
        for article in self.of(source):
            article["ticket_id"] = target
        self.tickets[source]["article_count"] = 0
        self._set(source, {"state_id": 5}, NOBODY)
        self._set(target, {"article_count": len(self.of(target))}, NOBODY)

    # What is asked for

    def ticket(self, number: int, agent: int) -> Json:
        """Return a ticket, for who may see it."""
        if number not in self.tickets:
            raise absent("Ticket", number)
        if not self.sees(agent, self.tickets[number]["group_id"]):
            raise forbidden()
        return self.tickets[number]

    def sees(self, agent: int, group: int) -> bool:
        """Return whether a group is among an agent's."""
        return group in self.access.get(agent, self.groups.keys())

    def of(self, ticket: int) -> list[Json]:
        """Return a ticket's articles, oldest first."""
        return [article for _, article in sorted(self.articles.items()) if article["ticket_id"] == ticket]

    def plain(self, ticket: Json) -> Json:
        """Return a ticket with the numbers of its articles."""
        return {**ticket, "article_ids": [one["id"] for one in self.of(ticket["id"])], "ticket_time_accounting_ids": []}

    def expanded(self, ticket: Json) -> Json:
        """Return a ticket with the names of what it has numbers of."""
        logins = {name: self.users[ticket[f"{name}_id"]]["login"]
                  for name in ("owner", "customer", "created_by", "updated_by")}  # fmt: skip
        return {**self.plain(ticket), **logins, "group": self.groups[ticket["group_id"]],
                "state": STATES[ticket["state_id"]], "priority": PRIORITIES[ticket["priority_id"]],
                "create_article_type": "email", "create_article_sender": "Customer",
                "ticket_time_accounting": []}  # fmt: skip

    def assets(self, tickets: Iterable[Json]) -> Json:
        """Return tickets and what they have numbers of, by their numbers."""
        rows = list(tickets)
        people = {row[f"{name}_id"] for row in rows for name in ("owner", "customer", "created_by", "updated_by")}
        groups = {row["group_id"] for row in rows}
        return {"Ticket": {str(row["id"]): self.plain(row) for row in rows},
                "User": {str(one): self.users[one] for one in sorted(people)},
                "Group": {str(one): {"id": one, "name": self.groups[one], "active": True}
                          for one in sorted(groups)}}  # fmt: skip

    def article(self, article: Json) -> Json:
        """Return an article as it is shown."""
        origin = article["origin_by_id"]
        return {**article, "type": TYPES[article["type_id"]], "sender": SENDERS[article["sender_id"]],
                "created_by": self.users[article["created_by_id"]]["login"],
                "updated_by": self.users[article["updated_by_id"]]["login"],
                **({"origin_by": self.users[origin]["login"]} if origin else {})}  # fmt: skip

    # What is changed

    def update(self, ticket: int, agent: int, given: Json) -> None:
        """Change a ticket and write an article, or do neither."""
        found = self.ticket(ticket, agent)
        values = self._values(found, agent, given)
        article = given.get("article")
        ready = self._ready(agent, article) if article else None
        self._set(ticket, values, agent)
        if ready:
            self.keep_article(ticket, agent, *ready)

    def write_article(self, agent: int, given: Json) -> int:
        """Write an article, and return its number."""
        number = given.get("ticket_id")
        if not str(number or "").isdigit():
            raise absent("Ticket", number or "")
        self.ticket(int(str(number)), agent)
        return self.keep_article(int(str(number)), agent, *self._ready(agent, given))

    def tag(self, ticket: int, item: str, *, remove: bool = False) -> None:
        """Add or remove a tag; what already is so is left as it is."""
        tags, name = self.tags[ticket], item.strip()
        if (name in tags) == remove:
            tags.remove(name) if remove else tags.append(name)
            self.tickets[ticket]["updated_at"] = stamp(self.passes(), 3)

    def _values(self, found: Json, agent: int, given: Json) -> Json:
        """Return what a request gives a ticket. Refuses names and numbers of nothing, and what no screen offers."""
        values = {name: given[name] for name in ("title", "note", "pending_time", "type", *self.attributes)
                  if name in given}  # fmt: skip
        if isinstance(given.get("preferences"), dict):
            values["preferences"] = {**found["preferences"], **given["preferences"]}
        for name, known in (("group", self.groups), ("state", STATES), ("priority", PRIORITIES)):
            if number := _number_of(name, known, given):
                values[f"{name}_id"] = number
        for name in ("owner", "customer"):
            if (number := self._person(name, given)) is not None:
                values[f"{name}_id"] = number
        self._check(found, values)
        state = values.get("state_id", found["state_id"])
        if state not in PENDING:
            values["pending_time"] = None
        elif not values.get("pending_time", found["pending_time"]):
            raise invalid("Missing required value for field 'pending_time'!")
        return values

    def _check(self, found: Json, values: Json) -> None:
        group = int(values.get("group_id") or found["group_id"])
        changed = {name: value for name, value in values.items() if found.get(name) != value}
        owner = int(changed.get("owner_id") or NOBODY)
        offered = owner == NOBODY or ("Agent" in self.users[owner]["roles"] and self.sees(owner, group))
        if not offered:
            raise invalid(f"Invalid value '{owner}' for field 'owner_id'!")
        if changed.get("state_id", 2) not in FOR_AGENTS:
            raise invalid(f"Invalid value '{changed['state_id']}' for field 'state_id'!")

    def _person(self, name: str, given: Json) -> int | None:
        key = f"{name}_id"
        if key in given:
            if given[key] in (None, ""):
                return NOBODY
            if not str(given[key]).isdigit() or int(given[key]) not in self.users:
                raise invalid(f"Invalid value for param '{key}': {_shown(given[key])}")
            return int(given[key])
        if not given.get(name):
            return None
        if not isinstance(given[name], str):
            raise invalid(f"String is needed as ref value {_shown(given[name])} for '{name}'")
        for number, user in self.users.items():
            if given[name].casefold() in (user["login"], user["email"].casefold()):
                return number
        raise invalid(f"No lookup value found for '{name}': {_shown(given[name])}")

    def _ready(self, agent: int, given: Any) -> tuple[int, int, Json, list[tuple[str, str, bytes]]]:
        """Return type, sender, values and files of an article. Refuses what lacks something."""
        if not isinstance(given, dict) or given.get("body") is None:
            raise invalid('Need at least article: { body: "some text" }')
        kind = _number_of("type", TYPES, given) or 10
        sender = _number_of("sender", SENDERS, given) or 1
        values = {name: given[name] for name in _ARTICLE if name in given}
        files = [_file(index, one) for index, one in enumerate(given.get("attachments") or [])]
        return kind, sender, values, files

    def keep_article(
        self, ticket: int, by: int, kind: int, sender: int, given: Json, files: Iterable[tuple[str, str, bytes]]
    ) -> int:
        """Keep an article, and mail it where it is an agent's mail."""
        row, number, who = self.tickets[ticket], self.number(), self.users[by]
        mail = TYPES[kind] == "email" and SENDERS[sender] != "Customer"
        address = self.addresses.get(row["group_id"])
        if mail and address is None:
            raise Refusal(500, {"error": f"No email address found for group '{self.groups[row['group_id']]}'"})
        at = stamp(self.passes(), 3)
        article = {
            "id": number, "ticket_id": ticket, "type_id": kind, "sender_id": sender, **dict.fromkeys(_ARTICLE),
            "from": f"{who['firstname']} {who['lastname']}".strip(), "content_type": "text/plain", "internal": False,
            **given, "preferences": dict(given.get("preferences") or {}), "created_by_id": by, "updated_by_id": by,
            "created_at": at, "updated_at": at,
            "attachments": [self._keep(*file) for file in files],
        }  # fmt: skip
        if "html" in str(article["content_type"]):
            article["body"] = _sanitized(str(article["body"]))
        self.articles[number] = article
        if mail:
            self._mail(article, f"{article['from']} via {self.groups[row['group_id']]} <{address}>", row["title"])
        self._contact(row, TYPES[kind], SENDERS[sender], at, by)
        if row["state_id"] == 1 and sender == 1 and TYPES[kind] in COMMUNICATION and not article["internal"]:
            self._set(ticket, {"state_id": 2}, by)
        return number

    def _mail(self, article: Json, sender: str, title: str) -> None:
        """Send an article; its number among mails is the system's own, whatever was asked for."""
        number = article["id"]
        article |= {"from": sender, "subject": article["subject"] or title, "message_id": f"<{number}@zammad.example>"}
        sent = bool(article["to"] or article["cc"])
        article["preferences"] |= {"email_address_id": 1, "delivery_status": "success" if sent else "fail"}
        if sent:
            self.mailed.append(number)

    def _contact(self, row: Json, kind: str, sender: str, at: str, by: int) -> None:
        row |= {"article_count": len(self.of(row["id"])), "updated_at": at, "updated_by_id": by}
        if kind in COMMUNICATION and sender != "System":
            row |= {"last_contact_at": at, f"last_contact_{sender.lower()}_at": at}

    def _keep(self, name: str, kind: str, content: bytes) -> Json:
        number = self.number()
        self.files[number] = content
        preferences = {"Mime-Type": kind, "Content-Type": kind}
        return {"id": number, "filename": name, "size": str(len(content)), "preferences": preferences}

    def _set(self, ticket: int, values: Json, by: int) -> None:
        row = self.tickets[ticket]
        if any(row.get(name) != value for name, value in values.items()):
            row |= {**values, "updated_at": stamp(self.passes(), 3), "updated_by_id": by}

    def replies(self) -> list[Json]:
        """Return the articles of agents that went to customers, in their order."""
        return [self.articles[one] for one in self.mailed if self.articles[one]["sender_id"] == 1]


def _number_of(name: str, known: Mapping[int, str], given: Json) -> int | None:
    """Return the number of what a request names, by number or by name; none if it does not."""
    key = f"{name}_id"
    if given.get(key) not in (None, ""):
        if not str(given[key]).isdigit() or int(given[key]) not in known:
            raise invalid(f"Invalid value for param '{key}': {_shown(given[key])}")
        return int(given[key])
    if not given.get(name):
        return None
    for number, called in known.items():
        if called == given[name]:
            return number
    raise invalid(f"No lookup value found for '{name}': {_shown(given[name])}")


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _file(index: int, given: Json) -> tuple[str, str, bytes]:
    for key in ("mime-type", "filename", "data"):
        if not given.get(key):
            raise invalid(f"Attachment needs '{key}' param for attachment with index '{index}'")
    try:
        content = base64.b64decode(re.sub(r"[\r\n]", "", given["data"]), validate=True)
    except binascii.Error:
        raise invalid(f"Invalid base64 for attachment with index '{index}'") from None
    return given["filename"], given["mime-type"], content


def _sanitized(html: str) -> str:
    """Return HTML without what the system takes out of each article."""
    return re.sub(r"(?is)<!--.*?-->|<script.*?</script>", "", html)
