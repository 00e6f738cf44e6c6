"""The words of the top line about the ways to the mail accounts."""

from __future__ import annotations

from collections.abc import Mapping

from queues.remotes.links import Link, LinkState
from tui.words import words


def link_line(links: Mapping[str, Link]) -> str:
    """Say what is not as it should be, and how far a fetch has come; the empty string where all is well."""
    parts = []
    for connector, link in sorted(links.items()):
        name = connector.partition(":")[2]
        match link.state:
            case LinkState.OFFLINE:
                parts.append(words("{name} offline").format(name=name))
            case LinkState.NO_SENDING:
                parts.append(words("{name} cannot send").format(name=name))
            case LinkState.FETCHING:
                told = words("{name}: {done:,} of {total:,} fetched")
                parts.append(told.format(name=name, done=link.done, total=link.total))
    return "  ".join(parts)
