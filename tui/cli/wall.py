"""`tridesk wall`: who works on what and what breaches next, from the desk's own file."""

from __future__ import annotations

from pathlib import Path

import click

from queues.figures.wall import wall as read_wall
from tui.cli.common import db_option, json_option, reading, reveal_option, write_json
from tui.look.written_values import iso
from tui.setup.clock import wall_clock


@click.command()
@reveal_option()
@db_option
@json_option
def wall(db: Path | None, as_json: bool) -> None:
    """Show what each agent has in hand, what is unassigned in each lane, and which tickets breach next."""
    now = wall_clock()
    with reading(db) as store:
        seen = read_wall(store, now)
    if not as_json:
        from tui.shifts.wall_lines import wall_lines

        for _, line in wall_lines(seen, now):
            click.echo(line)
        return
    for person in seen.agents:
        write_json(
            {
                "agent": person.agent,
                **{status.value.replace(" ", "_"): count for status, count in person.by_status.items()},
                "next_due": iso(person.next_due),
                "writes_on": list(person.writes_on),
                "looks_at": list(person.looks_at),
                "last_action": iso(person.last_at),
            }
        )
    for lane in seen.lanes:
        write_json(
            {
                "lane": lane.lane,
                "waiting": lane.waiting,
                "unassigned": lane.unassigned,
                "late": lane.late,
                "oldest_unassigned": iso(lane.oldest_unassigned),
            }
        )
    for breach in seen.breaches:
        write_json(
            {
                "ticket": breach.row.id,
                "lane": breach.lane,
                "subject": breach.row.subject,
                "assignee": breach.row.assignee,
                "due": iso(breach.row.due_at),
            }
        )
