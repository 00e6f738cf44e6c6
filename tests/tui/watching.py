"""A terminal that remembers which cards were on its screen, to tell a reply that was seen from one that was not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tests.tui.real_terminal import Terminal

TOP, BOTTOM = re.compile(r"[╭┏┌╔▛▗][─━═▀▄]{10,}[╮┓┐╗▜▖]"), re.compile(r"[╰┗└╚▙▝][─━═▄▀]{10,}[╯┛┘╝▟▘]")
REPLIES = re.compile(
    r"Enter sends|p pending|! sends anyway|p sends \d|the same key again to send|"
    r"Enter envía|p pendiente|! envía igual|p envía \d|la misma tecla otra vez"
)
"""On a card that sends, in both languages: the settings are among the cards."""
MANY = re.compile(r"(?:sends|envía)(\d+)")
"""On the card for many tickets, whose own greeting each reply has."""
AREA = re.compile(r"▊(.*?)▎")
SENDING = "\rpo"
"""Keys that send from a card."""
SAVE = "\x13"
"""Sends from the composer."""
LEAST = 30
"""Letters by which a reply is recognised."""
BEGINNING = 8
"""Letters of its first two lines that do as well: messages may cover the right half of a card."""


def squeezed(text: str) -> str:
    """Return text without its white space: it is wrapped on the screen."""
    return re.sub(r"\s", "", text)


def card_on(picture: str) -> str:
    """Return the words of the card that is over the desk, empty where there is none."""
    lines = picture.split("\n")
    for number, line in enumerate(lines):
        top = TOP.search(line)
        if top is not None:
            inside: list[str] = []
            for below in lines[number + 1 :]:
                if BOTTOM.match(below, top.start()):
                    break
                inside.append(below[top.start() + 1 : top.end() - 1])
            return squeezed("\n".join(inside))
    return ""


def composer_on(picture: str) -> list[str]:
    """Return the lines of what is being written."""
    if not re.search(r"^\s?(REPLY|NOTE|RESPUESTA|NOTA)", picture, re.M):
        return []
    return [line for one in AREA.finditer(picture) if (line := squeezed(one[1]))]


class Press:
    """One write to the terminal, and what was to be read when it was made."""

    def __init__(self, sent: str, cards: list[str], written: list[str]) -> None:
        self.sent, self.cards, self.written = sent, cards, written
        self.sends = 0
        """Replies that it explains already."""

    @property
    def most(self) -> int:
        """How many replies it may send: one, or as many as its card says."""
        said = [int(one) for card in self.cards for one in MANY.findall(card)]
        return max(said, default=1)

    def explains(self, text: str) -> bool:
        """Tell whether the agent could read this reply, and pressed what sends it."""
        wanted = squeezed(text)
        begins = [squeezed(line)[:BEGINNING] for line in text.splitlines() if line.strip()][:2]
        if self.sends >= self.most:
            return False
        if any(key in self.sent for key in SENDING):
            return any(
                wanted[:LEAST] in card or all(begin in card for begin in begins) or MANY.search(card)
                for card in self.cards
            )
        return SAVE in self.sent and any(line in wanted for line in self.written)


def unexplained(presses: Sequence[Press], replies: Iterable[str]) -> Iterator[str]:
    """Yield the replies that no press explains."""
    for text in replies:
        found = next((one for one in reversed(presses) if one.explains(text)), None)
        if found is None:
            yield text
        else:
            found.sends += 1


BEHIND = 8
"""So many keys a busy machine may be behind what was written to the terminal."""


class Watched(Terminal):
    """Notes each card as it is drawn, and for each press what was on the screen then."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(*arguments, controls=True)
        self.presses: list[Press] = []
        self._cards: list[str] = []
        """What was to be read of the reply card that is on the screen, as it was scrolled."""
        self._lines: list[str] = []
        """What was to be read of the text that is written."""

    def _take(self) -> None:
        super()._take()
        card = card_on(self.picture)
        if not REPLIES.search(self.picture) or not card:
            self._cards = []
        elif card not in self._cards:
            self._cards.append(card)
            for one in self.presses[-BEHIND:]:
                one.cards.append(card)
        written = composer_on(self.picture)
        lines = [line for line in written if line not in self._lines]
        self._lines = self._lines + lines if written else []
        for one in self.presses[-BEHIND:]:
            one.written += lines

    def press(self, keys: str) -> None:
        self.presses.append(Press(keys, list(self._cards), list(self._lines)))
        super().press(keys)
