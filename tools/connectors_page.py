"""Writes the table of docs/connectors.md of what each connector can do, from what the connectors say themselves."""

from __future__ import annotations

from pathlib import Path

from queues.accounts.kinds import kind_named, kinds, package_of
from queues.connectors.base import CONNECTORS, Capability, connector_class

PAGE = Path(__file__).parents[1] / "docs/connectors.md"
BEGIN, END = "<!-- what each can do: by tools/connectors_page.py -->\n", "<!-- end -->\n"
_COLUMNS = (
    Capability.FETCH, Capability.SEND, Capability.CLAIM, Capability.NOTE, Capability.STATUS, Capability.OWNER,
    Capability.FIELDS, Capability.TAGS, Capability.ATTACHMENTS, Capability.GUARD,
)  # fmt: skip
_TRIED = {"email": "Dovecot 2.3, Postfix 3.7", "demo": "a folder", "files": "a folder"}


def table() -> str:
    """Return the table."""
    names = ["files" if column is Capability.ATTACHMENTS else str(column) for column in _COLUMNS]
    lines = [f"| connector | {' | '.join(names)} | tried live |", f"|---|{'---|' * len(names)}---|"]
    for name in [*CONNECTORS, *(kind for kind in kinds() if not package_of(kind))]:
        can = connector_class(name).capabilities
        tried = _TRIED[name] if name in CONNECTORS else kind_named(name).tried or "no: by its documentation only"
        cells = ["yes" if column in can else "" for column in _COLUMNS]
        lines.append("| " + " | ".join([name, *cells, tried]).replace("|  |", "| |").replace("|  |", "| |") + " |")
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """Return the page with its table as it must be."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
