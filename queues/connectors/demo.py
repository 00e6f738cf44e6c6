"""The demo's outside world: tickets arrive by the clock, replies land in a folder, customers answer them.

Nothing leaves the machine. What happened is kept in order, so that any cursor can be read on from, and read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from heapq import heappop, heappush
from itertools import chain
from pathlib import Path
from random import Random

from data.demo import DemoMessage, arrivals, opening
from data.locations import private_folder
from data.protocols import Clock
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.outbox import OutboxEntry
from queues.connectors.base import Capability
from queues.connectors.outbox_folder import FOLDER, deliver, file_name, not_delivered
from queues.desk.escalations import is_to_others
from queues.ground.teams import Team
from queues.mail.language_guess import guess_language
from queues.quality.csat import TOKEN
from queues.quotes.new_text import split

NAME = "demo"
DOMAIN = "lumivo.example"
DESK_ADDRESS = f"help@{DOMAIN}"
TEAMS = tuple(
    Team(name, f"{name.lower().replace(' ', '-')}@{DOMAIN}", due=due)
    for name, due in (
        ("Security response", "1h"),
        ("Minor safety", "1h"),
        ("Trust and safety on call", "30m"),
        ("Account integrity", "1d"),
        ("Deliverability", "8h"),
        ("Engineering", "2d"),
        ("IP team", "3d"),
        ("Payments", "3d"),
        ("Policy appeals", "3d"),
        ("Privacy office", "7d"),
    )
)
"""The invented service's other teams; each answers in the demo."""
TEAM_SECONDS = 45
_TEAM_WORDS = (
    "Thanks, we have it. It is done on our side; you can tell the customer.",
    "We looked at it: this was a known fault, mended since this morning. Please ask the customer to try again.",
    "Checked. Nothing more is needed from us; the customer can go on as described in your procedure.",
)

_RATINGS = ("5", "5/5", "4/5", "★★★★★", "😊", "5, gracias", "3", "2, slow")
"""What customers answer to a rating request."""
_KINDS = {"mail": MessageKind.MAIL, "app": MessageKind.FORM, "safety": MessageKind.REPORT}
_MOODS = (*["thanks"] * 5, "more", "more", "reopen", *[""] * 12)
"""How customers take a reply: most say nothing; of the others most are content, and one in twenty finds it broken."""


class DemoConnector:
    """Plays the customers of a seed. `start` is when the demo began, Unix seconds."""

    name = NAME
    capabilities = frozenset({Capability.FETCH, Capability.SEND})

    def __init__(self, folder: Path, *, clock: Clock, seed: int, start: int, waiting: bool = True) -> None:
        self.outbox = folder / FOLDER
        self._clock = clock
        self._seed = seed
        self._start = start
        first = opening(seed) if waiting else []
        self._coming: Iterator[DemoMessage] = chain(first, arrivals(seed))
        self._next = next(self._coming)
        self._answers: list[tuple[int, int, Incoming]] = []
        self._answered = 0
        self._writers: dict[str, DemoMessage] = {}
        self._happened: list[Incoming] = []

    def fetch(self, cursor: str = "") -> tuple[list[Incoming], str]:
        """Return what happened since the cursor, in order, and the cursor to ask with next time.

        An empty or foreign cursor reads from the beginning; the desk knows what it has by Message-ID.
        """
        self._catch_up(self._clock())
        seen = int(cursor) if cursor.isascii() and cursor.isdigit() else 0
        return self._happened[seen:], str(len(self._happened))

    def send(self, entry: OutboxEntry) -> str:
        """Write the reply into the outbox folder, whole or not at all, and return the file's name.

        A Message-ID that is there already is left as it is, so sending twice delivers once.
        Raises ConnectorError if the folder cannot be written.
        """
        name = file_name(entry)
        try:
            if not deliver(private_folder(self.outbox) / name, entry.raw):
                return name
        except OSError as error:
            raise not_delivered(self.outbox, error) from error
        self._expect_answer(entry)
        return name

    def was_delivered(self, entry: OutboxEntry) -> bool:
        """Return whether the reply is in the outbox folder; it is put there whole."""
        return (self.outbox / file_name(entry)).exists()

    def _catch_up(self, now: int) -> None:
        """Run everything that is due by now, in order of time."""
        while True:
            arrival = self._start + self._next.at
            answer = self._answers[0][0] if self._answers else arrival + 1
            if min(arrival, answer) > now:
                return
            if answer < arrival:
                self._happened.append(heappop(self._answers)[2])
                continue
            self._writers[self._next.address] = self._next
            self._happened.append(incoming(self._next, f"{NAME}.{self._seed}", self._start))
            self._next = next(self._coming)

    def _expect_answer(self, entry: OutboxEntry) -> None:
        """Choose what the customer will say to this reply, and when."""
        if is_to_others(entry):
            self._expect(team_answer(entry, self._clock() + TEAM_SECONDS))
            return
        writer = self._writers.get(entry.recipient)
        if writer is None:
            return
        chance = Random(f"{self._seed} {entry.message_id}")
        mood = chance.choice(_MOODS)
        text = str(getattr(writer.words.follow_ups, mood)) if mood else ""
        if _asks(entry):
            text = chance.choice(_RATINGS)
        if not text:
            return
        at = self._clock() + 90 + int(chance.random() * 180)
        self._expect(_answer(writer, entry, text, at))

    def _expect(self, answer: Incoming) -> None:
        """Schedule an answer at its time."""
        self._answered += 1
        heappush(self._answers, (answer.at or 0, self._answered, answer))


def incoming(message: DemoMessage, series: str, start: int) -> Incoming:
    """Return the message as a connector hands it in; its Message-ID is fixed by the series and its number."""
    source = f"{series}.{message.number}"
    lane = message.words.lane
    at = start + message.at
    language, confidence = _language(message.words.text)
    return Incoming(
        connector=NAME,
        source=source,
        raw_sha256=sha256(f"{source}\n{message.text}".encode()).hexdigest(),
        kind=_KINDS[lane],
        from_name=message.name,
        from_address=message.address,
        subject=message.subject,
        text=message.text,
        new_text=_new_text(message),
        at=at,
        received_at=at,
        language=language,
        confidence=confidence,
        message_id=f"<{source}@mail.example>",
        to=(DESK_ADDRESS,),
        lane=lane,
        customer=CustomerHint(message.handle),
    )


def _asks(entry: OutboxEntry) -> bool:
    """Return whether a reply asks for a rating."""
    from email import message_from_bytes
    from email.policy import default

    body = message_from_bytes(entry.raw, policy=default).get_body(("plain",))
    return body is not None and TOKEN.search(body.get_content()) is not None


def _answer(writer: DemoMessage, entry: OutboxEntry, text: str, at: int) -> Incoming:
    """Return the customer's answer to a reply, in the same thread."""
    digest = sha256(f"{entry.message_id}\n{text}".encode()).hexdigest()
    language, confidence = _language(text)
    return Incoming(
        connector=NAME,
        source=f"{NAME}:answer:{digest[:16]}",
        raw_sha256=digest,
        kind=_KINDS[writer.words.lane],
        from_name=writer.name,
        from_address=writer.address,
        subject=f"Re: {writer.subject}".rstrip(),
        text=text,
        new_text=text,
        at=at,
        received_at=at,
        language=language,
        confidence=confidence,
        message_id=f"<answer.{digest[:24]}@mail.example>",
        references=(entry.message_id,),
        to=(DESK_ADDRESS,),
        lane=writer.words.lane,
        customer=CustomerHint(writer.handle),
    )


def team_answer(entry: OutboxEntry, at: int) -> Incoming:
    """Return another team's answer to an escalation, as a person of it would write from the team's address."""
    digest = sha256(f"{entry.message_id}\nteam".encode()).hexdigest()
    text = _TEAM_WORDS[int(digest[:4], 16) % len(_TEAM_WORDS)]
    return Incoming(
        connector=NAME,
        source=f"{NAME}:team:{digest[:16]}",
        raw_sha256=digest,
        kind=MessageKind.MAIL,
        from_name=entry.recipient.partition("@")[0].replace("-", " ").capitalize(),
        from_address=entry.recipient,
        subject="Re: escalation",
        text=text,
        new_text=text,
        at=at,
        received_at=at,
        language="en",
        confidence=0.99,
        message_id=f"<team.{digest[:24]}@{DOMAIN}>",
        references=(entry.message_id,),
        to=(DESK_ADDRESS,),
    )


@lru_cache(maxsize=4096)
def _language(text: str) -> tuple[str, float]:
    """Detect as for any other message; the few hand-written texts are asked about once."""
    return guess_language(text)


def _new_text(message: DemoMessage) -> str:
    """Return what `split` leaves of a message. In a big store many differ in their number alone, at the end."""
    number = f"#{message.number}"
    if not message.text.endswith(number):
        return split(message.text).text
    new = _split_once(message.text.removesuffix(number) + "#1")
    return new.removesuffix("#1") + number if new.endswith("#1") else new


@lru_cache(maxsize=4096)
def _split_once(text: str) -> str:
    return split(text).text
