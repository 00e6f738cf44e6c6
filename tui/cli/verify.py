"""`tridesk verify`: whether the record of who did what is as it was written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from data.desk_file.make_backup import anchors_of
from data.store import Store
from data.tables.event_chain import Break, Verdict
from tui.cli.common import chosen, db_option, json_option, write_json
from tui.look.words import words
from tui.look.written_values import iso

_MOST_SHOWN = 20


@click.command()
@db_option
@json_option
def verify(db: Path | None, as_json: bool) -> None:
    """Check that no event was changed or removed since it was written; exit 1 if one was.

    Keep the printed end of the record elsewhere, and a record that was rewritten as a whole is recognised too.
    """
    verdict = checked(chosen(db))
    if as_json:
        write_json(
            {
                "intact": not verdict.breaks,
                "events": verdict.events,
                "redacted": verdict.redacted,
                "head": {"event": verdict.head[0], "link": verdict.head[1]},
                "breaks": [_keys(item) for item in verdict.breaks],
                "known": [_keys(item) for item in verdict.known],
            }
        )
    else:
        for line in sentences(verdict.breaks) or [summary(verdict)]:
            click.echo(line)
        if verdict.events:
            text = words("End of the record: event {n}, {link}")
            click.echo(text.format(n=verdict.head[0], link=verdict.head[1]))
    if verdict.breaks:
        sys.exit(1)


def checked(path: Path) -> Verdict:
    """Check the events of a desk, against its backups too. Raises StoreError."""
    with closing(Store.open(path, create=False)) as store:
        return store.events.verify(anchors_of(path, store.events))


def summary(verdict: Verdict) -> str:
    """Return the result for a record that is intact."""
    text = f"{verdict.events} events, intact"
    if verdict.redacted:
        text += f"; {verdict.redacted} redacted, as recorded"
    if verdict.known:
        text += f"; {len(verdict.known)} gaps from before a damaged file was salvaged"
    return text


def sentences(breaks: Sequence[Break]) -> list[str]:
    """Return where a record does not hold, a line for each place."""
    lines = []
    for item in breaks[:_MOST_SHOWN]:
        intact = f"intact up to event {item.after}" if item.after else "none before it can be trusted"
        lines.append(f"event {item.event} ({iso(item.at)}) {item.reason}; {intact}")
    if len(breaks) > _MOST_SHOWN:
        lines.append(f"and {len(breaks) - _MOST_SHOWN} more")
    return lines


def _keys(item: Break) -> dict[str, object]:
    return {"event": item.event, "at": iso(item.at), "reason": item.reason, "intact_up_to": item.after}
