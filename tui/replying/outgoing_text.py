"""What an agent typed into the form of a mail that is no reply, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from data.records.messages import FormDraft

_ALL = "all"


@dataclass(frozen=True, slots=True)
class Written:
    """The form as the agent left it."""

    draft: FormDraft
    complete: bool
    """The agent wants to see the mail; else the form was left."""


def file_numbers(typed: str, count: int) -> tuple[int, ...] | None:
    """Return the numbers of the files that were typed, from 1 on; None where they name no files."""
    words_typed = typed.replace(",", " ").split()
    if words_typed == [_ALL]:
        return tuple(range(1, count + 1))
    if not all(word.isascii() and word.isdecimal() and 1 <= int(word[:9]) <= count for word in words_typed):
        return None
    return tuple(dict.fromkeys(int(word) for word in words_typed))
