"""Several macros in one reply: their texts and actions joined in one change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from data.errors import InputError
from data.macro_names import joined, separate
from data.records.changes import Change
from data.records.escalations import Escalation
from data.records.promises import Promise
from data.records.tickets import Status
from macros.filling.macro import Once

T = TypeVar("T")

_DONE = (Status.SOLVED, Status.CLOSED)

_LATER = ("priority", "severity", "assignee", "lane", "language", "register", "region", "snooze_until",
          "procedure")  # fmt: skip


def stack(first: Change, second: Change) -> Change:
    """Return both changes as one, with the words of `second`.

    Tags add up, files add up, promises are joined under the earlier time; a reply of which one part waits for someone
    waits, whatever the other says of being done; of all else the later macro's word holds.
    Raises InputError if both escalate to different teams: no one could see that one was dropped.
    """
    later = {name: value for name in _LATER if (value := getattr(second, name)) is not None}
    return replace(
        first,
        **later,
        reply=second.reply,
        status=_status(first.status, second.status),
        add_tags=_both([tag for tag in first.add_tags if tag not in second.remove_tags], second.add_tags),
        remove_tags=_both([tag for tag in first.remove_tags if tag not in second.add_tags], second.remove_tags),
        escalate=_escalation(first.escalate, second.escalate),
        promise=_promise(first.promise, second.promise),
        attachments=_both(first.attachments, second.attachments),
        subject=second.subject or first.subject,
        macro=joined((*separate(first.macro), *separate(second.macro))),
        reply_language=second.reply_language or first.reply_language,
        verbatim=False,
    )


def _status(first: Status | None, second: Status | None) -> Status | None:
    if first is None or second is None:
        return first or second
    return first if second in _DONE and first not in _DONE else second


def together(changes: Sequence[Change]) -> Change:
    """Return several changes as one, their words one after the other. Raises InputError as `stack` does."""
    whole = changes[0]
    for change in changes[1:]:
        whole = replace(stack(whole, change), reply=f"{whole.reply}\n\n{change.reply}")
    return whole


def left_out(goes_before: bool, goes_after: bool) -> frozenset[Once]:
    """Return which snippets a macro comes without, where words of the reply go before it or after it."""
    return frozenset(once for once, out in ((Once.FIRST, goes_before), (Once.LAST, goes_after)) if out)


def in_place(text: str, before: str, after: str) -> str:
    """Return `text` set off by empty lines from what is around it; one line alone goes into the sentence."""
    if "\n" not in text:
        return text
    lead = "\n" * max(0, 2 - _ends(before[::-1])) if before.strip() else ""
    return lead + text + ("\n" * max(0, 2 - _ends(after)) if after.strip() else "")


def _ends(text: str) -> int:
    """Return how many line ends are at the beginning."""
    spaces = text[: len(text) - len(text.lstrip())]
    return spaces.count("\n")


def _both(first: Iterable[T], second: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _escalation(first: Escalation | None, second: Escalation | None) -> Escalation | None:
    if first is None or second is None:
        return first or second
    if first.team != second.team:
        raise InputError(
            "Two escalations", f"One macro escalates to {first.team}, the other to {second.team}; leave one out."
        )
    dues = [escalation.due_at for escalation in (first, second) if escalation.due_at is not None]
    reason = "; ".join(dict.fromkeys(escalation.reason for escalation in (first, second) if escalation.reason))
    return replace(second, due_at=min(dues, default=None), reason=reason)


def _promise(first: Promise | None, second: Promise | None) -> Promise | None:
    if first is None or second is None or first == second:
        return first or second
    return Promise("; ".join(dict.fromkeys((first.text, second.text))), min(first.due_at, second.due_at))
