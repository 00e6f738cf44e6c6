"""`tridesk route --again`: the open tickets under the rules of today, counted first where asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from data.safe_text import safe_line
from data.store import Store
from queues.desk.route_again import EXAMPLES, Move, Plan, plan, words_of
from queues.routing.rules import Rules
from tui.cli.common import acting, put


def route_again(db: Path | None, rules: Rules | None, *, dry_run: bool, as_json: bool) -> None:
    """Re-route, or only count; say what moves. Raises StoreError and InputError."""
    with acting(db) as desk:
        found = _planned(desk.store, rules or desk.rules.routing)
        done = desk.reroute(found) if found.moves and not dry_run else None
    moved = len(done.ticket_ids) if done else 0
    if as_json:
        put(_keys(found) | {"dry_run": dry_run, "moved": moved, "action": done.action if done else None})
        return
    for line in _lines(found):
        click.echo(line)
    if done:
        click.echo(f"Moved {moved:,}; `tridesk undo` takes it back.")


def _planned(store: Store, rules: Rules) -> Plan:
    """Try the rules on every open ticket; a terminal sees how far it is."""
    from rich.console import Console
    from rich.progress import Progress

    total = sum(sum(lane.by_status.values()) for lane in store.tickets.counts().values())
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Trying the rules", total=total)
        return plan(store, rules, lambda looked_at: bar.update(task, completed=looked_at))


def _lines(found: Plan) -> list[str]:
    kept = f"; {found.by_hand:,} keep what an agent has set" if found.by_hand else ""
    lines = [f"{found.looked_at:,} open tickets, the rules send {len(found.moves):,} elsewhere{kept}."]
    lines += [f"  {amount:>7,}  {said}" for said, amount in found.groups()]
    if found.moves:
        lines.append("For example:")
    for move in found.moves[:EXAMPLES]:
        reason = safe_line(str(move.after["reason"]))
        lines.append(f"  #{move.ticket_id}  {words_of(move)}  {safe_line(move.subject)[:50]}  because: {reason}")
    return lines


def _keys(found: Plan) -> dict[str, Any]:
    groups = [{"change": said, "tickets": amount} for said, amount in found.groups()]
    return {
        "looked_at": found.looked_at,
        "moves": len(found.moves),
        "by_hand": found.by_hand,
        "groups": groups,
        "examples": [_example(move) for move in found.moves[:EXAMPLES]],
    }


def _example(move: Move) -> dict[str, Any]:
    return {"ticket": move.ticket_id, "subject": move.subject, "before": move.before, "after": move.after}
