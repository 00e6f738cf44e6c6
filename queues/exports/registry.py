"""The tools whose exports are known. A new tool is a file in this folder and its name here."""

from __future__ import annotations

from data.errors import InputError
from queues.exports import (
    chatwoot,
    freescout,
    freshdesk,
    gorgias,
    helpscout,
    osticket,
    spreadsheet,
    zammad,
    zendesk,
)
from queues.exports.base import Tool
from queues.exports.json_shape import Shape

_TOOLS: tuple[Tool, ...] = (zendesk, freshdesk, freescout, helpscout, gorgias, chatwoot, zammad, osticket, spreadsheet)
NAMES = tuple(tool.NAME for tool in _TOOLS)


def tool(name: str) -> Tool:
    """Return a tool by its name. Raises InputError if it is unknown."""
    for item in _TOOLS:
        if name == item.NAME:
            return item
    raise InputError("Unknown tool", f"There is no tool named {name}; name one of {', '.join(NAMES)}.")


def tool_of(shape: Shape) -> str:
    """Return the tool that a ticket comes from, by its shape; the empty string if unknown."""
    return next((tool.NAME for tool in _TOOLS if tool.matches(shape)), "")
