"""The tools whose exports are known. A further one is a file in this folder and its name here."""

from __future__ import annotations

from data.errors import InputError
from queues.exports import chatwoot, freshdesk, gorgias, helpscout, zendesk
from queues.exports.base import Tool
from queues.exports.json_shape import Shape

_TOOLS: tuple[Tool, ...] = (zendesk, freshdesk, helpscout, gorgias, chatwoot)
NAMES = tuple(one.NAME for one in _TOOLS)


def tool(name: str) -> Tool:
    """Return a tool by its name. Raises InputError for one that is not known."""
    for one in _TOOLS:
        if name == one.NAME:
            return one
    raise InputError("Unknown tool", f"There is no tool named {name}; name one of {', '.join(NAMES)}.")


def tool_of(shape: Shape) -> str:
    """Return whose ticket an object is by its shape, the empty string where it is nobody's."""
    return next((one.NAME for one in _TOOLS if one.matches(shape)), "")
