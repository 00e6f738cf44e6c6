"""The ratings of a simulated month: which customers are asked, and what some of them answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from data.records.changes import Change
from data.records.tickets import Status

_QUESTION = {
    "en": "How did we do, from 1 to 5? Reply with one number. (Reference {token})",
    "es": "¿Qué tal lo hemos hecho, de 1 a 5? Responda con un número. (Referencia {token})",
}
_ASKED, _ANSWERED = 0.5, 0.4
_SAID = ("5", "5/5", "5, gracias", "★★★★★", "5", "4", "4/5", "😊", "3", "2", "1")


class Raters:
    """Its own random numbers, so that the month is the same with and without ratings."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"ratings {seed}")

    def asking(self, change: Change, token: str) -> Change:
        """Return the change, with the rating question below the text in half of the solving replies."""
        if change.reply is None or change.status is not Status.SOLVED or self._random.random() >= _ASKED:
            return change
        question = _QUESTION.get(change.reply_language, _QUESTION["en"]).format(token=token)
        return replace(change, reply=f"{change.reply}\n\n{question}")

    def answer(self) -> tuple[str, int] | None:
        """Return what an asked customer answers and after how many seconds; None if they do not answer."""
        said, after = self._random.choice(_SAID), int(self._random.expovariate(1 / 20_000))
        return (said, 900 + after) if self._random.random() < _ANSWERED else None
