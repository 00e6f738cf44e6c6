"""One answer of each helpdesk's export. Shapes are those of the tools' own documentation; what is unknown is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from macros.importing.foreign import Foreign, Text
from macros.importing.placeholders import language_code

Row = Mapping[str, Any]
_ZENDESK_TEXTS = {"comment_value": False, "comment_value_html": True}
_ZENDESK_TAGS = {"set_tags": "add", "current_tags": "add", "remove_tags": "remove"}


def tool_of(row: Row) -> str:
    """Return the tool that an object comes from, by its keys; the empty string if unknown."""
    actions = row.get("actions")
    first = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    if "title" in row and "field" in first:
        return "zendesk"
    if "name" in row and "action_name" in first:
        return "chatwoot"
    if "name" in row and ("arguments" in first or ("intent" in row and isinstance(actions, list))):
        return "gorgias"
    if "shortcut" in row and "text" in row:
        return "rocketchat"
    if "short_code" in row and "content" in row:
        return "chatwoot"
    if "title" in row and ("content" in row or "content_html" in row):
        return "freshdesk"
    if "name" in row and ("text" in row or "chatText" in row or "preview" in row):
        return "helpscout"
    return ""


def _zendesk(row: Row) -> Foreign:
    texts: list[Text] = []
    values: dict[str, str] = {}
    tags: dict[str, tuple[str, ...]] = {"add": (), "remove": ()}
    lost, kept = [], []
    internal = False
    for action in _objects(row.get("actions")):
        name, value = str(action.get("field")), action.get("value")
        if name in _ZENDESK_TEXTS:
            said = value[-1] if isinstance(value, list) and value else value
            texts.append(Text(str(said or ""), _ZENDESK_TEXTS[name]))
        elif name in _ZENDESK_TAGS:
            kind = _ZENDESK_TAGS[name]
            tags[kind] += _words(value)
            if name == "set_tags":
                lost.append("it set all tags anew; here it adds them")
        elif name in ("status", "priority", "subject", "assignee_id"):
            values[name] = str(value or "")
        elif name == "comment_mode_is_public" and str(value).lower() == "false":
            lost.append("it wrote an internal note, which a macro cannot here")
            internal = True
        elif name != "comment_mode_is_public":
            kept.append(action)
            lost.append(f"its action {name} has no equivalent here")
    # the plain and the HTML form of one comment are one text; words for colleagues never become a reply
    said_once = [] if internal else [text for text in texts if text.html] or texts
    *folders, title = str(row.get("title") or "").split("::")
    extra = _rest(row, "title", "actions") | ({"actions": kept} if kept else {})
    extra |= {"internal note": [text.text for text in texts]} if internal else {}
    if values.get("assignee_id") not in (None, "", "current_user"):
        lost.append("it assigned to one agent, known there by a number")
    if row.get("active") is False:
        lost.append("it was switched off there")
    return Foreign(
        tool="zendesk", title=title.strip(), texts=tuple(said_once[:1]), folder="/".join(folders),
        status=values.get("status", ""), priority=values.get("priority", ""), subject=values.get("subject", ""),
        add_tags=tags["add"], remove_tags=tags["remove"],
        assign="me" if values.get("assignee_id") == "current_user" else None, lost=tuple(lost), extra=extra,
    )  # fmt: skip


def _gorgias(row: Row) -> Foreign:
    texts: list[Text] = []
    tags: tuple[str, ...] = ()
    status = subject = priority = ""
    lost, kept = [], []
    for action in _objects(row.get("actions")):
        name, given = str(action.get("name")), action.get("arguments")
        values = given if isinstance(given, dict) else {}
        if name == "addInternalNote":  # words for colleagues never become a reply
            kept.append(action)
            lost.append("it wrote an internal note, which a macro cannot here")
        elif "body_html" in values or "body_text" in values:
            html = str(values.get("body_html") or "")
            texts.append(Text(html or str(values.get("body_text") or ""), bool(html)))
            subject = str(values.get("subject") or subject)
        elif name == "addTags":
            tags += _words(values.get("tags"))
        elif name == "setStatus":
            status = {"closed": "solved"}.get(str(values.get("status")), str(values.get("status") or ""))
        elif name == "setPriority":
            priority = {"critical": "urgent"}.get(str(values.get("priority")), str(values.get("priority") or ""))
        elif name == "setSubject":
            subject = str(values.get("subject") or "")
        else:
            kept.append(action)
            lost.append(f"its action {name} has no equivalent here")
    language = language_code(str(row.get("language") or ""))
    extra = _rest(row, "name", "actions", "language") | ({"actions": kept} if kept else {})
    return Foreign(
        tool="gorgias", title=str(row.get("name") or ""), status=status, priority=priority, subject=subject,
        add_tags=tags,
        texts=tuple(Text(text.text, text.html, language) for text in texts[:1]),
        words=_words(str(row.get("intent") or "").replace("/", " ")), lost=tuple(lost), extra=extra,
    )  # fmt: skip


def _freshdesk(row: Row) -> Foreign:
    html = str(row.get("content_html") or "")
    files = [str(object.get("name") or "") for object in _objects(row.get("attachments"))]
    return Foreign(
        tool="freshdesk", title=str(row.get("title") or ""), folder=str(row.get("folder_name") or ""),
        texts=(Text(html or str(row.get("content") or ""), bool(html)),),
        lost=tuple(f"its attachment {name} has to be placed next to the macro" for name in files),
        extra=_rest(row, "title", "content", "content_html", "folder_name"),
    )  # fmt: skip


def _helpscout(row: Row) -> Foreign:
    text = str(row.get("text") or row.get("chatText") or row.get("preview") or "")
    lost = () if row.get("text") or row.get("chatText") else ("only its preview was exported, perhaps not all of it",)
    return Foreign(
        tool="helpscout", title=str(row.get("name") or ""), texts=(Text(text, bool(row.get("text"))),), lost=lost,
        extra=_rest(row, "name", "text", "preview"),
    )  # fmt: skip


def _rocketchat(row: Row) -> Foreign:
    return Foreign(
        tool="rocketchat", title=str(row.get("shortcut") or ""), texts=(Text(str(row.get("text") or "")),),
        words=_words(row.get("tags")), extra=_rest(row, "shortcut", "text", "tags"),
    )  # fmt: skip


def _chatwoot(row: Row) -> Foreign:
    if "short_code" not in row:
        return _chatwoot_macro(row)
    return Foreign(
        tool="chatwoot", title=str(row.get("short_code") or ""), texts=(Text(str(row.get("content") or "")),),
        extra=_rest(row, "short_code", "content"),
    )  # fmt: skip


def _chatwoot_macro(row: Row) -> Foreign:
    """Read a macro, whose actions are a name and a list of values each."""
    texts: list[Text] = []
    values: dict[str, str] = {}
    tags: dict[str, tuple[str, ...]] = {"add_label": (), "remove_label": ()}
    lost, kept = [], []
    for action in _objects(row.get("actions")):
        name, given = str(action.get("action_name")), action.get("action_params")
        first = str(given[0]) if isinstance(given, list) and given else ""
        if name == "send_message" and not texts:
            texts.append(Text(first))
        elif name in tags:
            tags[name] += _words(given)
        elif name == "resolve_conversation":
            values["status"] = "solved"
        elif name == "change_status":
            values["status"] = first
        elif name == "change_priority":
            values["priority"] = {"medium": "normal"}.get(first, first)
        elif name == "assign_agent" and first == "self":
            values["assign"] = "me"
        else:
            kept.append(action)
            lost.append(f"its action {name} has no equivalent here")
    extra = _rest(row, "name", "actions") | ({"actions": kept} if kept else {})
    return Foreign(
        tool="chatwoot", title=str(row.get("name") or ""), texts=tuple(texts), status=values.get("status", ""),
        priority=values.get("priority", ""), add_tags=tags["add_label"], remove_tags=tags["remove_label"],
        assign=values.get("assign"), lost=tuple(lost), extra=extra,
    )  # fmt: skip


READERS: Mapping[str, Callable[[Row], Foreign]] = {
    "zendesk": _zendesk, "gorgias": _gorgias, "freshdesk": _freshdesk, "helpscout": _helpscout,
    "rocketchat": _rocketchat, "chatwoot": _chatwoot,
}  # fmt: skip


def _objects(value: Any) -> Iterable[Row]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _words(value: Any) -> tuple[str, ...]:
    said = [str(item) for item in value] if isinstance(value, list) else str(value or "").replace(",", " ").split()
    return tuple(dict.fromkeys("-".join(item.split()) for item in said if item.strip()))


def _rest(row: Row, *known: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in known and value not in (None, "", [], {})}
