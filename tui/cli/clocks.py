"""`tridesk clocks`: list the targets in force and recalculate the clocks of open tickets by them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from queues.clocks.sla import Policy
from tui.cli.common import acting, db_option, json_option, write_json
from tui.look.short_times import span

_CONDITIONS = ("lanes", "priorities", "severities", "languages", "tiers", "topics")
_TARGETS = ("first_reply", "next_reply", "resolution")


@click.command()
@click.option("--again", is_flag=True, help="Recalculate the clocks of all open tickets by today's policies.")
@click.option("--dry-run", is_flag=True, help="With --again: count what would change, write nothing.")
@db_option
@json_option
def clocks(again: bool, dry_run: bool, db: Path | None, as_json: bool) -> None:
    """List the policies in order: the first that fits a ticket sets its clocks.

    They come from `[[policy]]` and `[calendar.NAME]` in config.toml; without them the built-in ones apply.
    """
    if dry_run and not again:
        raise click.UsageError("--dry-run goes with --again.")
    with acting(db) as desk:
        if not again:
            for policy in desk.rules.policies:
                write_json(_keys(policy)) if as_json else click.echo(_line(policy))
            return
        counts = desk.reclock(dry_run=dry_run)
    if as_json:
        write_json({**asdict(counts), "dry_run": dry_run})
        return
    done = "would change" if dry_run else "changed"
    click.echo(
        f"{counts.tickets:,} tickets run; clocks of {counts.changed:,} {done}; "
        f"late: {counts.late_before:,} before, {counts.late_after:,} after"
    )


def _keys(policy: Policy) -> dict[str, Any]:
    lists = {name: sorted(getattr(policy, name)) for name in _CONDITIONS}
    targets = {f"{name}_seconds": getattr(policy, name) for name in _TARGETS}
    return {"policy": policy.name, **targets, "calendar": policy.calendar, "statutory": policy.statutory, **lists}


def _line(policy: Policy) -> str:
    targets = [span(getattr(policy, name)) if getattr(policy, name) is not None else "-" for name in _TARGETS]
    where = "; ".join(
        f"{name} {', '.join(sorted(getattr(policy, name)))}" for name in _CONDITIONS if getattr(policy, name)
    )
    targets_text = f"first {targets[0]:<6} next {targets[1]:<6} resolution {targets[2]:<6} {policy.calendar:<8}"
    return f"{policy.name:<16} {targets_text} {'statutory ' if policy.statutory else ''}{where or 'every other ticket'}"
