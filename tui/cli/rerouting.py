"""`tridesk route --again`: re-route the open tickets by the current rules, with a dry run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from data.records.tickets import Lane
from data.store import Store
from queues.desk.route_again import EXAMPLES, Move, Plan, plan, words_of
from queues.routing.rules import Rules
from tui.cli.common import acting, write_json
from tui.look.shown import safe_line


def route_again(db: Path | None, rules: Rules | None, *, dry_run: bool, as_json: bool) -> None:
    """Re-route, or only count; print what moves. Raises StoreError and InputError."""
    with acting(db) as desk:
        plan = _planned(desk.store, rules or desk.rules.routing, desk.rules.lanes)
        done = desk.reroute(plan) if plan.moves and not dry_run else None
    moved = len(done.ticket_ids) if done else 0
    if as_json:
        write_json(_keys(plan) | {"dry_run": dry_run, "moved": moved, "action": done.action if done else None})
        return
    for line in _lines(plan):
        click.echo(line)
    if done:
        click.echo(f"Moved {moved:,}; `tridesk undo` takes it back.")


def _planned(store: Store, rules: Rules, lanes: Sequence[Lane]) -> Plan:
    """Apply the rules to every open ticket; progress goes to the terminal."""
    from rich.console import Console
    from rich.progress import Progress

    total = sum(sum(lane.by_status.values()) for lane in store.tickets.counts().values())
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Trying the rules", total=total)
        return plan(store, rules, lanes, lambda looked_at: bar.update(task, completed=looked_at))


def _lines(plan: Plan) -> list[str]:
    kept = f"; {plan.by_hand:,} keep what an agent has set" if plan.by_hand else ""
    lines = [f"{plan.looked_at:,} open tickets, the rules send {len(plan.moves):,} elsewhere{kept}."]
    lines += [f"  {amount:>7,}  {said}" for said, amount in plan.groups()]
    if plan.moves:
        lines.append("For example:")
    for move in plan.moves[:EXAMPLES]:
        reason = safe_line(str(move.after["reason"]))
        lines.append(f"  #{move.ticket_id}  {words_of(move)}  {safe_line(move.subject)[:50]}  because: {reason}")
    return lines


def _keys(plan: Plan) -> dict[str, Any]:
    groups = [{"change": said, "tickets": amount} for said, amount in plan.groups()]
    return {
        "looked_at": plan.looked_at,
        "moves": len(plan.moves),
        "by_hand": plan.by_hand,
        "groups": groups,
        "examples": [_example(move) for move in plan.moves[:EXAMPLES]],
    }


def _example(move: Move) -> dict[str, Any]:
    return {"ticket": move.ticket_id, "subject": move.subject, "before": move.before, "after": move.after}
