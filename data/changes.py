"""A change as text: the actions of the macros in a draft, stored with the draft and read back."""

from __future__ import annotations

from dataclasses import replace

from data.records.changes import Change


def packed(change: Change) -> str:
    """Return a change's actions, without its text, as JSON; the empty string if there are none."""
    import msgspec

    rest = replace(
        change, reply=None, note=None, macro="", reply_language="", recipient="", override_reason="", draft=0
    )
    # edited text is no longer the macro's verbatim answer
    rest = replace(rest, edited=None, verbatim=False)
    if rest == Change():
        return ""
    fields = msgspec.to_builtins(rest)
    empty = msgspec.to_builtins(Change())
    return msgspec.json.encode({name: value for name, value in fields.items() if value != empty[name]}).decode()


def unpacked(text: str) -> Change:
    """Return the change that was packed; an empty change if it cannot be read."""
    import msgspec

    try:
        return msgspec.json.decode(text or "{}", type=Change)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Change()
