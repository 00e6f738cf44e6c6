"""`tridesk hooks`: what is delivered to whom, how that went, and how to try it."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from data.errors import InputError, RuleError
from data.records.hooks import DeliveryState, Standing
from data.store import Store
from queues.ground.roles import Right
from queues.hooks.hook import ALL, Hook
from tui.cli.common import NUMBER, acting, chosen, db_option, json_option, reading, write_json
from tui.cli.completing import HOOK
from tui.look.shown import safe_line
from tui.look.words import translated, words
from tui.look.written_values import iso
from tui.setup import open_desk
from tui.setup.clock import wall_clock
from tui.setup.settings import load

FAILING = "failing"


@click.group(invoke_without_command=True)
@db_option
@json_option
@click.pass_context
def hooks(ctx: click.Context, db: Path | None, as_json: bool) -> None:
    """List the hooks of config.toml with their last results; see docs/hooks.md for how to write one."""
    if ctx.invoked_subcommand is not None:
        return
    known, standings, counts = open_desk.hooks(load().settings), {}, {}
    if chosen(db).exists():
        with closing(Store.open(chosen(db))) as store:
            standings = {hook.name: store.hooks.get(hook.name) for hook in known}
            counts = store.hooks.counts()
    for hook in known:
        row = _row(hook, standings.get(hook.name), counts)
        if as_json:
            write_json(row)
        else:
            click.echo(_line(row))
    if not known and not as_json:
        click.echo(words("No hook yet; `[[hook]]` in config.toml makes one."), err=True)


def state_of(standing: Standing | None) -> str:
    """Return how a hook stands, in a word."""
    if standing is None:
        return "not begun"
    if standing.off:
        return "off"
    return FAILING if standing.failures else "working"


def _row(hook: Hook, standing: Standing | None, counts: dict[tuple[str, DeliveryState], int]) -> dict[str, Any]:
    waits = standing is not None and standing.failures and not standing.off
    return {
        "hook": hook.name,
        "to": hook.place,
        "events": list(hook.events),
        "lanes": list(hook.lanes),
        "tags": list(hook.tags),
        "full": hook.full,
        "state": state_of(standing),
        "waiting": counts.get((hook.name, DeliveryState.WAITING), 0),
        "given_up": counts.get((hook.name, DeliveryState.GIVEN_UP), 0),
        "result": (standing.off or standing.result) if standing is not None else "",
        "at": iso(standing.result_at) if standing is not None else None,
        "next": iso(standing.paused_until) if standing is not None and waits and standing.paused_until else None,
    }


def _line(row: dict[str, Any]) -> str:
    events = words("everything") if row["events"] == [ALL] else ", ".join(row["events"])
    parts = [f"{row['hook']:<12} {words(row['state']):<9} {safe_line(row['to'])}", events]
    if row["waiting"]:
        parts.append(words("{n} waiting").format(n=row["waiting"]))
    if row["given_up"]:
        parts.append(words("{n} given up").format(n=row["given_up"]))
    if row["at"]:
        parts.append(f"{row['at']}: {safe_line(translated(row['result']))}")
    return "  ".join(parts)


@hooks.command()
@click.argument("name", type=HOOK)
@json_option
def test(name: str, as_json: bool) -> None:
    """Send a trial to the hook NAME now; exit 1 unless it takes it."""
    from queues.hooks.deliver import attempt
    from queues.hooks.outcome import Verdict
    from tui.cli.hook_keeper import hook_secrets, trial

    hook, now, webhook_id = _named(name), wall_clock(), f"msg_{os.urandom(16).hex()}"
    outcome = attempt(hook, webhook_id, trial(hook, webhook_id, now), hook_secrets, now)
    delivered = outcome.verdict is Verdict.DELIVERED
    if as_json:
        write_json({"hook": hook.name, "webhook_id": webhook_id, "delivered": delivered, "result": outcome.sentence})
    else:
        text = words("{hook} took it: {result}") if delivered else words("{hook} did not take it: {result}")
        click.echo(text.format(hook=hook.name, result=safe_line(translated(outcome.sentence))), err=not delivered)
    if not delivered:
        sys.exit(1)


@hooks.command()
@click.option("--hook", "name", type=HOOK, help="Only of this hook.")
@click.option("--all", "everything", is_flag=True, help="Those that arrived too.")
@click.option("--limit", type=NUMBER, default=100, show_default=True)
@db_option
@json_option
def deliveries(name: str | None, everything: bool, limit: int, db: Path | None, as_json: bool) -> None:
    """List what waits to be delivered or was given up, the newest first."""
    with reading(db) as store:
        listed = store.hooks.listed(hook=name, everything=everything, limit=limit)
    for item in listed:
        if as_json:
            write_json(
                {
                    "delivery": item.id,
                    "hook": item.hook,
                    "ticket": item.ticket_id,
                    "type": item.type,
                    "webhook_id": item.webhook_id,
                    "event": item.event or None,
                    "at": iso(item.at),
                    "state": item.state,
                    "attempts": item.attempts,
                    "tried": iso(item.tried_at),
                    "due": iso(item.due_at) if item.state is DeliveryState.WAITING else None,
                    "result": item.result,
                }
            )
        else:
            said = f"  {safe_line(translated(item.result))}" if item.result else ""
            click.echo(
                f"{item.id:<6} {item.hook:<12} #{item.ticket_id:<6} {item.type:<19} {words(item.state):<10} "
                f"{item.attempts:>2}{said}"
            )
    if not listed and not as_json:
        click.echo(words("Nothing waits, and nothing was given up."), err=True)


@hooks.command()
@click.argument("numbers", metavar="DELIVERY...", nargs=-1, type=NUMBER)
@click.option("--hook", "name", type=HOOK, help="All that this hook gave up; one that is off is on again.")
@db_option
@json_option
def retry(numbers: tuple[int, ...], name: str | None, db: Path | None, as_json: bool) -> None:
    """Try deliveries again that wait or were given up, from the first attempt on."""
    if bool(numbers) == (name is not None):
        raise click.UsageError("Give numbers of `tridesk hooks deliveries`, or --hook.")
    now = wall_clock()
    with acting(db) as desk:
        desk.access.require(Right.WORK)
        store = desk.store
        with store.write():
            if name is not None:
                store.hooks.turn_on(_named(name).name)
                listed = store.hooks.listed(hook=name, everything=False, limit=2**31)
                numbers = tuple(item.id for item in reversed(listed) if item.state is DeliveryState.GIVEN_UP)
            again = [(number, store.hooks.retry(number, now)) for number in numbers]
            for number, item in again:
                if item is None:
                    raise RuleError(
                        "Nothing to retry", f"Delivery {number} does not wait, and was not given up; list them again."
                    )
                store.hooks.turn_on(item.hook)
    for _, item in again:
        if item is not None and as_json:
            write_json({"delivery": item.id, "hook": item.hook, "ticket": item.ticket_id, "type": item.type})
    if not as_json:
        click.echo(words("{n} to be delivered again, as soon as the desk or `tridesk sync` runs.").format(n=len(again)))


@hooks.command()
@click.argument("name", type=HOOK)
@click.option("--new", is_flag=True, help="Make a new one and print it; the one before goes on signing too.")
@click.option("--only", is_flag=True, help="Only the newest signs from now on.")
def secret(name: str, new: bool, only: bool) -> None:
    """Give the keyring the secret of the hook NAME: `whsec_…`, two with a space between while one replaces another."""
    from queues.accounts.secrets import keyring_get, keyring_put
    from queues.hooks.signature import keys_of, new_secret

    hook = _named(name)
    if new:
        made = new_secret()
        before = "" if only else " ".join(keyring_get(hook).split()[:1])
        keyring_put(hook, f"{made} {before}".strip())
        click.echo(made)
        return
    if only:
        newest = keyring_get(hook).split()[:1]
        if not newest:
            raise InputError("No secret", f"The keyring has no secret of {hook.name}; --new makes one.")
        keyring_put(hook, newest[0])
        return
    typed = click.prompt("Secret", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    keys_of(str(typed))
    keyring_put(hook, " ".join(str(typed).split()))


def _named(name: str) -> Hook:
    known = open_desk.hooks(load().settings)
    for hook in known:
        if hook.name == name:
            return hook
    names = ", ".join(hook.name for hook in known)
    raise InputError(
        "No such hook",
        f"There is no hook {name!r}; the hooks are {names}." if names
        else f"There is no hook {name!r}; `[[hook]]` in config.toml makes one.",
    )  # fmt: skip
