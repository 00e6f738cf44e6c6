"""Drafts of forwards and of mails that open a ticket: saved as they are typed, gone once sent, back after an undo."""

from __future__ import annotations

from dataclasses import asdict, replace

from data.records.messages import FormDraft
from data.store import Store
from queues.ground.undo_steps import Step, StepKind

KIND = "form draft"


def save(store: Store, draft: FormDraft, now: int) -> FormDraft:
    """Store the draft and return it as stored; a blank one is deleted."""
    if draft.blank:
        store.form_drafts.delete(draft)
        return replace(draft, id=0, revision=0)
    return store.form_drafts.save(draft, now)


def drop(store: Store, form_of: int, to: str, written: str, *, ticket: int) -> list[Step]:
    """Delete the draft that `ticket` sent from the form; a draft with another text is unfinished work and stays."""
    draft = store.form_drafts.newest(form_of)
    if draft is None or draft.to != to or draft.text.strip() != written.strip():
        return []
    store.form_drafts.delete(draft)
    return [{"kind": KIND, "ticket": ticket, "draft": asdict(draft)}]


def _turn(store: Store, step: Step, *, forward: bool) -> None:
    draft = FormDraft(**step["draft"])
    stored = store.form_drafts.newest(draft.ticket_id)
    same = stored is not None and replace(stored, id=0, revision=0) == replace(draft, id=0, revision=0)
    if forward and stored is not None and same:
        store.form_drafts.delete(stored)
    elif not forward and not same:
        store.form_drafts.save(replace(draft, id=0), 0)


STEP_KINDS = {KIND: StepKind(_turn)}
