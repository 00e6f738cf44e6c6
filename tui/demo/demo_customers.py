"""How the customers of a simulated month take a reply: most say nothing more."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from random import Random

from data.demo import DemoMessage
from data.records.incoming import CustomerHint, Incoming
from data.records.messages import MessageKind
from data.records.tickets import UNKNOWN_LANGUAGE, Status
from queues.quotes.only_thanks import only_thanks

HOUR = 3600
_SOLVED = {"thanks": 0.16, "more": 0.04, "reopen": 0.03}
"""What customers write after a solution: thanks, another question, or that it is broken again."""
_ASKED = {"more": 0.6}
"""What they write after a question of ours."""
_MOST = 3
"""Messages that a customer sends about one matter after the first."""


class Customers:
    """Chooses what customers answer, and when."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._written: Counter[int] = Counter()

    def answer(
        self, ticket_id: int, status: Status | None, writer: DemoMessage, message_id: str, now: int
    ) -> Incoming | None:
        """Return the customer's answer to our reply, None for most of them."""
        moods = _ASKED if status is Status.PENDING else _SOLVED
        (mood,) = self._random.choices(["", *moods], [1 - sum(moods.values()), *moods.values()])
        if not mood:
            return None
        text = str(getattr(writer.words.follow_ups, mood)) or writer.words.follow_ups.more
        at = now + int(600 + self._random.expovariate(1 / (6 * HOUR)))
        item = answer(writer, message_id, text, at)
        if mood == "thanks" and not only_thanks(item):  # what says more than thanks would reopen the ticket
            item = answer(writer, message_id, "Gracias" if writer.words.language == "es" else "Thank you!", at)
        self._written[ticket_id] += 1
        return item if item.text and self._written[ticket_id] <= _MOST else None


def answer(writer: DemoMessage, message_id: str, text: str, at: int) -> Incoming:
    """Return the mail that answers our reply with this Message-ID."""
    digest = sha256(f"{message_id}\n{text}".encode()).hexdigest()
    return Incoming(
        connector="demo", source=f"demo.month:{digest[:16]}", raw_sha256=digest, kind=MessageKind.MAIL,
        from_name=writer.name, from_address=writer.address, subject=f"Re: {writer.subject}", text=text, new_text=text,
        at=at, received_at=at, language=UNKNOWN_LANGUAGE, message_id=f"<month.{digest[:24]}@mail.example>",
        references=(message_id,), lane=writer.words.lane, customer=CustomerHint(writer.handle),
    )  # fmt: skip
