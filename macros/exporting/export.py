"""A macro for another tool (Zendesk, a table, or JSON of our own), and what has no equivalent there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from macros.exporting.liquid_text import LiquidText
from macros.filling.macro import Body, Macro, Words

ZENDESK_LANGUAGES = {"en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French", "de": "German",
                     "it": "Italian", "ca": "Catalan"}  # fmt: skip
COLUMNS = ("title", "folder", "language", "text", "subject", "status", "priority", "tags")
"""The columns of the table, which `tridesk macros import` reads too."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One macro in the other format, and what has no equivalent there, a sentence each."""

    name: str
    row: dict[str, Any]
    lost: tuple[str, ...]


def to_zendesk(macro: Macro, register: str) -> Exported:
    """Return the macro as Zendesk's API and exports have it; texts of several languages become one with conditions."""
    said, texts = _converter(macro, register), {}
    for body in macro.bodies:
        texts[body.language] = _text(said, macro, body)
    does = macro.actions
    actions: list[dict[str, Any]] = [{"field": "comment_value", "value": _one_text(texts, said)}]
    if does.status is not None:
        actions.append({"field": "status", "value": "hold" if does.status == "on hold" else str(does.status)})
    if does.priority is not None:
        actions.append({"field": "priority", "value": str(does.priority)})
    if does.add_tags:
        actions.append({"field": "current_tags", "value": " ".join(does.add_tags)})
    if does.remove_tags:
        actions.append({"field": "remove_tags", "value": " ".join(does.remove_tags)})
    if macro.subject:
        actions.append({"field": "subject", "value": said.of(macro.subject.for_language("en"))})
    if does.assign == "me":
        actions.append({"field": "assignee_id", "value": "current_user"})
    lost = [*said.lost, *_lost(macro)]
    if does.assign not in (None, "me"):
        lost += ["it assigns to one agent or to none"]
    folder = macro.name.rpartition("/")[0].replace("/", "::")
    title = "::".join(part for part in (folder, _title(macro.title)) if part)
    return Exported(macro.name, {"title": title, "active": True, "actions": actions}, tuple(lost))


def to_rows(macro: Macro, register: str) -> list[Exported]:
    """Return a row of a table for each language."""
    said, rows = _converter(macro, register), []
    for body in macro.bodies:
        text = _text(said, macro, body)
        subject = said.of(macro.subject.for_language(body.language or "en"))
        does = macro.actions
        values = (
            _title(macro.title), macro.name.rpartition("/")[0], body.language, text, subject, str(does.status or ""),
            str(does.priority or ""), " ".join(does.add_tags),
        )  # fmt: skip
        lost = [*said.lost, *_lost(macro)]
        lost += ["it removes tags"] if does.remove_tags else []
        lost += ["it assigns the ticket"] if does.assign is not None else []
        rows.append(Exported(macro.name, dict(zip(COLUMNS, values, strict=True)), tuple(dict.fromkeys(lost))))
    return rows


def to_json(macro: Macro) -> Exported:
    """Return everything of the macro; nothing is lost."""
    does = macro.actions
    actions = {name: value for name, value in asdict(does).items() if value not in (None, "", ())}
    when = {name: list(value) for name, value in asdict(macro.when).items() if value}
    row = {
        "macro": macro.name, "title": _by_language(macro.title), "key": macro.key, "topics": list(macro.topics),
        "tags": list(macro.tags), "subject": _by_language(macro.subject), "actions": actions, "when": when,
        "asks": [asdict(ask) | {"label": _by_language(ask.label)} for ask in macro.asks], "outcome": macro.outcome,
        "attachments": list(macro.attachments), "bodies": {body.language: body.text for body in macro.bodies},
        "snippets": {snippet.name: {body.language: body.text for body in snippet.bodies} for snippet in macro.snippets},
    }  # fmt: skip
    return Exported(macro.name, row, ())


def _converter(macro: Macro, register: str) -> LiquidText:
    asks = {ask.name: ask.label.for_language("en") or ask.name for ask in macro.asks}
    return LiquidText({}, register, asks)


def _text(said: LiquidText, macro: Macro, body: Body) -> str:
    language = body.language or "en"
    texts = {snippet.name: snippet.body_for(language) for snippet in macro.snippets}
    said.snippets = {name: found.text for name, found in texts.items() if found is not None}
    return said.of(body.text)


def _one_text(texts: dict[str, str], said: LiquidText) -> str:
    """Return the texts of all languages as one, chosen by the requester's language: English where it is another."""
    known = [(ZENDESK_LANGUAGES[code], text) for code, text in texts.items() if code in ZENDESK_LANGUAGES]
    if len(texts) > len(known) and len(texts) > 1:
        said.lost += ["it has regional texts; there each language has one"]
    if len(known) < 2:
        return next(iter(texts.values()))
    english = [text for name, text in known if name == ZENDESK_LANGUAGES["en"]]
    others = [each for each in known if each[0] != ZENDESK_LANGUAGES["en"]] if english else known[1:]
    whole = "".join(
        f"{{% {'elsif' if number else 'if'} ticket.requester.language == '{name}' %}}{text}"
        for number, (name, text) in enumerate(others)
    )
    return f"{whole}{{% else %}}{english[0] if english else known[0][1]}{{% endif %}}"


def _lost(macro: Macro) -> list[str]:
    does, facts = macro.actions, []
    facts += ["it escalates"] if does.escalate is not None else []
    facts += ["it makes a promise"] if does.promise is not None else []
    facts += ["it snoozes"] if does.snooze else []
    facts += ["it begins a procedure"] if does.procedure else []
    facts += ["it is offered only for some tickets"] if any(asdict(macro.when).values()) else []
    facts += ["it is offered only once its outcome is established"] if macro.outcome else []
    facts += [f"its attachment {name} has to be uploaded there" for name in macro.attachments]
    facts += [f"its key {macro.key}"] if macro.key else []
    return facts


def _title(title: Words) -> str:
    return title.for_language("en")


def _by_language(text: Words) -> dict[str, str]:
    return dict(text.by_language)
