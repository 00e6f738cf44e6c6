"""The connection part of the header: connection problems, and the request rate to each remote."""

from __future__ import annotations

from collections.abc import Mapping

from queues.remotes.links import Link, LinkState
from tui.look.words import words

_MINUTE = 60


def link_line(links: Mapping[str, Link]) -> str:
    """Return connection problems and the progress of a fetch; the empty string if all is well."""
    parts = []
    for connector, link in sorted(links.items()):
        name = connector.partition(":")[2]
        match link.state:
            case LinkState.OFFLINE:
                parts.append(words("{name} offline").format(name=name))
            case LinkState.STALLED:
                parts.append(words("{name} not answering").format(name=name))
            case LinkState.NO_SENDING:
                parts.append(words("{name} cannot send").format(name=name))
            case LinkState.FETCHING:
                progress = words("{name}: {done:,} of {total:,} fetched")
                parts.append(progress.format(name=name, done=link.done, total=link.total))
            case LinkState.WAITING:
                parts.append(words("{name} waits").format(name=name))
    return "  ".join(parts)


def pace_line(links: Mapping[str, Link], now: int) -> list[tuple[str, str]]:
    """Return the request rate of each rate-limited remote, long and short; the remote closest to its limit first."""
    counted = [(name.partition(":")[2], link) for name, link in links.items() if link.allowed]
    counted.sort(key=lambda named_link: (-named_link[1].used / named_link[1].allowed, named_link[0]))
    paces = ((name, link, pace(link, now)) for name, link in counted)
    return [(f"{name}: {said}", f"{name} {_used(link, now)}/{link.allowed}") for name, link, said in paces if said]


def pace(link: Link, now: int) -> str:
    """Return the requests sent to a remote this minute and the time of the next poll; empty if nothing polls it."""
    ahead = link.next_at - now
    if not link.allowed or now >= max(link.at, link.next_at) + _MINUTE:
        return ""
    pace_text = words("{used} of {allowed} requests this minute").format(used=_used(link, now), allowed=link.allowed)
    return pace_text if ahead <= 0 else words("{used}, next look in {n} s").format(used=pace_text, n=ahead)


def _used(link: Link, now: int) -> int:
    return link.used if now < link.at + _MINUTE else 0
