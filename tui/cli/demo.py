"""`tridesk demo`: the desk of an invented service on this machine; nothing is sent, nothing is kept unless asked."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from data.errors import InputError
from data.store import Store
from tui.cli.common import json_option, write_json
from tui.look.words import words
from tui.look.written_values import iso

if TYPE_CHECKING:
    from data.records.incoming import Incoming

AGENT = "Alex"
"""The name that signs the demo's replies, unless the settings name an agent."""
MONTHS_TICKETS = 1_200
"""The default number of messages in a simulated month."""
BATCH = 2_000
"""Messages per transaction: large enough for speed, small enough to show progress."""


@click.command()
@click.option("--tickets", type=click.IntRange(0, 5_000_000), default=None, metavar="N", help="Fill with N messages.")
@click.option("--worked", is_flag=True, help="Let invented agents work through the N messages: a month to report on.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed plays the same day.")
@click.option("--keep", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Keep the desk in FILE.")
@click.option("--no-ui", is_flag=True, help="Fill the desk and say what is in it, without the screen.")
@click.option("--ascii", "ascii_signs", is_flag=True, help="Draw frames, signs and marks in ASCII.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal, for its own selection.")
@click.option("--linear", is_flag=True, help="Plain lines and questions in place of the screen, for screen readers.")
@json_option
def demo(
    tickets: int | None,
    worked: bool,
    seed: int,
    keep: Path | None,
    no_ui: bool,
    ascii_signs: bool,
    no_mouse: bool,
    linear: bool,
    as_json: bool,
) -> int:
    """Try the desk: bilingual tickets arrive by the clock, replies go to a local folder, nothing leaves the machine."""
    screen = Screen(ascii_signs, mouse=not no_mouse, linear=linear) if not no_ui else None
    play = partial(_play, tickets=tickets, seed=seed, worked=worked, screen=screen, as_json=as_json)
    if keep is not None:
        if keep.exists():
            raise InputError("Demo not kept", f"{keep} exists already; name a new file or open it with --db.")
        return play(keep)
    with TemporaryDirectory(prefix=f"tridesk-{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        return play(Path(folder) / "desk.db")


@dataclass(frozen=True, slots=True)
class Screen:
    """How the screen is shown."""

    ascii_signs: bool
    mouse: bool
    linear: bool
    """No screen: plain lines and questions."""


def _play(path: Path, *, tickets: int | None, seed: int, worked: bool, screen: Screen | None, as_json: bool) -> int:
    """Fill the desk file, then open the screen or, without one, print a summary."""
    from queues.connectors.demo import DemoConnector
    from tui.setup.clock import wall_clock

    start = wall_clock()
    connector = DemoConnector(path.parent, clock=wall_clock, seed=seed, start=start, waiting=tickets is None)
    began = time.perf_counter()
    if screen is not None and sys.stderr.isatty():
        click.echo(words("Filling the demo desk; the screen opens by itself…"), err=True)
    if worked:
        rehearse(path, MONTHS_TICKETS if tickets is None else tickets, seed, start)
    if tickets is None or not worked:
        _fill(path, connector.fetch()[0] if tickets is None else _many(tickets, seed, start), tickets)
    if screen is None:
        _tell(path, seed, time.perf_counter() - began, as_json=as_json)
        return 0
    if screen.linear:
        from tui.linear.session import run

        return run(path, demo=True)
    from tui.setup import garbage

    with garbage.waiting():
        from tui.app import run_desk

        return run_desk(
            path, connectors=[connector], demo=True, agent=AGENT, ascii_signs=screen.ascii_signs, mouse=screen.mouse
        )


def _many(amount: int, seed: int, start: int) -> Iterator[Incoming]:
    """Yield messages for a large store, as a connector would deliver them."""
    from data.demo import many
    from queues.connectors.demo import incoming

    return (incoming(message, f"demo.many.{seed}", start) for message in many(amount, seed))


def rehearse(path: Path, amount: int, seed: int, end: int) -> None:
    """Simulate a month of work up to `end`; progress goes to stderr on a terminal."""
    from data.store import Store
    from macros.files.library import Library
    from queues.connectors.demo import TEAMS
    from queues.desk.desk import Desk
    from queues.desk.desk_rules import DeskRules
    from queues.procedures.procedure import built_in
    from tui.demo.demo_month import HeldClock, Rehearsal

    clock, rules = HeldClock(end), DeskRules(procedures=built_in(), teams=TEAMS)
    with closing(Store.open(path)) as store:
        month = Rehearsal(
            lambda agent: Desk(store, clock=clock, rules=rules, agent=agent),
            clock, Library.standard(), seed=seed, end=end, amount=amount,
        )  # fmt: skip
        shown = sys.stderr.isatty()
        month.play(lambda at: click.echo(f"\r{iso(min(at, end))}", nl=at >= end, err=True) if shown else None)


def _fill(path: Path, items: Iterable[Incoming], total: int | None) -> None:
    """File the messages through the desk, one transaction per batch; progress goes to stderr."""
    from tui.setup.open_desk import open_desk

    desk = open_desk(path)
    remaining, filed = iter(items), 0
    with closing(desk.store):
        while batch := list(islice(remaining, BATCH)):
            desk.receive(batch, bulk=True)
            filed += len(batch)
            if total and total > BATCH and sys.stderr.isatty():
                click.echo(f"\r{filed:,} of {total:,}", nl=filed >= total, err=True)


def _tell(path: Path, seed: int, seconds: float, *, as_json: bool) -> None:
    """Print what the desk contains and how long filling it took."""
    with closing(Store.open(path, create=False)) as store:
        waiting = {lane: counts.active for lane, counts in store.tickets.counts().items()}
    total = sum(waiting.values())
    if as_json:
        write_json({"tickets": total, "lanes": waiting, "seed": seed, "seconds": round(seconds, 3)})
        return
    shares = ", ".join(f"{lane or 'no lane'} {amount:,}" for lane, amount in sorted(waiting.items()))
    click.echo(f"{total:,} tickets wait ({shares}); seed {seed}, filled in {seconds:.1f} s")
