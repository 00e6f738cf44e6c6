"""`tridesk coach`: what your solved tickets took, and what would save keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.safe_text import safe_line
from macros.authoring.coach import Advice, carry_out
from queues.figures.effort import Took
from tui.cli.common import db_option, json_option, reading, write_json
from tui.cli.macro_folder import FOLDER, library_of
from tui.coaching.advice import DAYS, advice_line, coaching, figures
from tui.setup.clock import wall_clock
from tui.setup.open_desk import agent_name
from tui.setup.settings import config_folder, load


@click.command()
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1, 3660), help="How far back.")
@click.option("--agent", default="", help="Whose work (default: yours).")
@click.option("--save", type=click.IntRange(1), metavar="N", help="Save the advice of line N as a macro.")
@click.option("--title", default="", help="With --save: the new macro's title.")
@FOLDER
@db_option
@json_option
def coach(
    days: int, agent: str, save: int | None, title: str, folder: Path | None, db: Path | None, as_json: bool
) -> None:
    """Show keys and seconds per solved ticket, and which macros would save some.

    Keys count from opening a ticket to leaving it; typed letters are counted separately.
    Seconds run from key to key; a gap of more than two minutes is not counted.
    """
    library = library_of(folder)
    with reading(db) as store:
        result = coaching(store, library, agent or agent_name(load().settings), wall_clock(), days)
        others = [name for name in store.effort.agents() if name != result.agent]
    if save is not None:
        if save > len(result.advice):
            raise InputError("No such advice", f"There are {len(result.advice)}; `tridesk coach` lists them.")
        name = carry_out(result.advice[save - 1], library, folder or config_folder() / "macros", title)
        write_json({"macro": name}) if as_json else click.echo(safe_line(f"saved as {name}"))
        return
    if as_json:
        write_json({"agent": result.agent, "days": result.days, **_took(result.now), "before": _took(result.before)})
        for number, advice in enumerate(result.advice, 1):
            write_json({"advice": number, **_keys(advice)})
        return
    for line in figures(result):
        click.echo(safe_line(line))
    if not result.now.tickets and others and not agent:
        click.echo(safe_line(f"Others have figures: {', '.join(others)} (tridesk coach --agent {others[0]})."))
    for number, advice in enumerate(result.advice, 1):
        click.echo(safe_line(f"{number} {advice_line(advice)}"))
    if result.advice:
        click.echo("tridesk coach --save N does what line N advises.")


def _took(took: Took) -> dict[str, Any]:
    return {"tickets": took.tickets, "keys": took.keys, "letters": took.letters, "seconds": took.seconds}


def _keys(advice: Advice) -> dict[str, Any]:
    if advice.reworded is not None:
        rewording = advice.reworded
        return {
            "kind": "variant", "macro": rewording.macro, "language": rewording.language, "line": rewording.line,
            "old": rewording.old, "new": rewording.new, "changed": rewording.changed, "uses": rewording.uses,
        }  # fmt: skip
    assert advice.repeated is not None
    typed = advice.repeated
    return {"kind": "macro", "language": typed.language, "times": typed.times, "text": typed.text}
