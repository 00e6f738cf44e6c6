"""Redacting a ticket: asked for, undone within its window, then carried out for good."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from data.confidential.items import Kind
from data.confidential.mask import DOTS, cover, find
from data.errors import RuleError
from data.safe_text import safe_text
from data.store import Store
from queues.ground.undo_steps import Step, StepKind

KIND = "redaction"
"""The kind of the step."""


def ask(store: Store, action: int, ticket_id: int, wanted: dict[str, Any]) -> Step:
    """Store what is wanted, to be carried out once it can no longer be undone."""
    key = f"redaction:{action}"
    store.settings.save(key, wanted)
    return {"kind": KIND, "ticket": ticket_id, "key": key, "wanted": wanted}


def due(store: Store, now: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the redactions whose undo window is over."""
    waiting = [(key, json.loads(value)) for key, value in store.redaction.pending()]
    return [(key, wanted) for key, wanted in waiting if wanted["due"] <= now]


def carry_out(store: Store, wanted: dict[str, Any]) -> tuple[int, dict[int, str]]:
    """Replace what is wanted on its ticket, inside a transaction.

    Returns how many values went, and the seals of the events that were redacted, to be recorded by a later event.
    """
    from queues.mail.redacted_mail import redacted

    number = int(wanted["ticket"])
    masks = values_of(store, number, wanted["kinds"], wanted["texts"])
    kinds = tuple(Kind(kind) for kind in wanted["kinds"])

    patterns = [
        (re.compile(re.escape(value) if value in wanted["texts"] else rf"(?<!\w){re.escape(value)}(?!\w)"), dots)
        for value, dots in masks.items()
    ]

    def mask(text: str) -> str:
        for pattern, dots in patterns:
            text = pattern.sub(dots, text)
        for item in reversed(find(text, kinds)):
            text = text[: item.start] + cover(text[item.start : item.end], item.kind) + text[item.end :]
        return text

    _, seals = store.redaction.replace(number, mask)
    store.redaction.replace_raw(number, lambda raw: redacted(raw, mask, tuple(masks)))
    return len(masks), seals


def values_of(store: Store, ticket_id: int, kinds: Collection[str], texts: Sequence[str]) -> dict[str, str]:
    """Return what goes on a ticket and what stands in its place, the longest first."""
    wanted = tuple(Kind(kind) for kind in kinds)
    masks = {text: DOTS for text in texts if text}
    for stored in store.redaction.texts(ticket_id) if wanted else ():
        for form in {stored, safe_text(stored)}:
            masks |= {form[i.start : i.end]: cover(form[i.start : i.end], i.kind) for i in find(form, wanted)}
    return dict(sorted(masks.items(), key=lambda pair: -len(pair[0])))


def has(store: Store, ticket_id: int, text: str) -> bool:
    """Return whether this text is anywhere on the ticket."""
    return bool(text) and any(text in stored for stored in store.redaction.texts(ticket_id))


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    if forward:
        store.settings.save(step["key"], step["wanted"])
    elif not store.redaction.drop(step["key"]):
        raise RuleError("Already redacted", f"#{step['ticket']} was redacted; that cannot be undone.")


STEP_KINDS = {KIND: StepKind(_turn, lambda _: "the redaction")}
