"""`tridesk replay`: the requests of a period played again, in other orders, with other people, hours or targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from data.errors import InputError
from queues.calendar import ALWAYS, WEEKDAYS, Calendar, from_table
from queues.clock_settings import calendars_of, policies_of
from queues.figures.past_requests import past_requests
from queues.figures.replay import Order, Outcome, Request, play
from tui.cli.common import db_option, json_option, put, reading
from tui.cli.periods import period_of, zone_of
from tui.composition import exposure, wall_clock
from tui.settings import CONFIG_NAME, config_folder, load
from tui.spans import span


@click.command()
@click.option("--since", default="21d", show_default=True, help="A date, today, or how far back: 24h, 7d, 4w.")
@click.option("--until", default="now", show_default=True, help="A date (not included), or now.")
@click.option("--agents", type=click.IntRange(1, 1000), default=2, show_default=True, help="How many people work.")
@click.option("--hours", default="", help="When they work, each day: 09:00-17:00 (UTC); else day and night.")
@click.option("--calendar", default="", help="When they work: a calendar of config.toml.")
@click.option(
    "--load",
    "loads",
    type=click.FloatRange(0.01, 5),
    multiple=True,
    help="Stretch the work to this share of their hours; may be given several times. Else as it was.",
)
@click.option(
    "--settings",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with another config.toml, whose policies and calendars are tried.",
)
@db_option
@json_option
def replay(
    since: str,
    until: str,
    agents: int,
    hours: str,
    calendar: str,
    loads: tuple[float, ...],
    folder: Path | None,
    db: Path | None,
    as_json: bool,
) -> None:
    """Tell how many clocks would have run out, and how long people would have waited.

    Every message that needed an answer comes in again when it did and takes what it took; the desk's own order is put
    beside first-in-first-out and queue after queue. Nothing is written.
    """
    settings = load(folder).settings
    where = str((folder or config_folder()) / CONFIG_NAME)
    calendars = calendars_of(settings.calendar, where)
    shift = _shift(hours, calendar, calendars)
    period = period_of(since, until, zone_of("UTC"), wall_clock())
    with reading(db) as store:
        found, usual = past_requests(
            store,
            period.since,
            period.until,
            policies_of(settings.policy, calendars, where),
            calendars,
            exposure(settings),
        )
    if not found:
        click.echo("Nothing came in then; --since looks further back, tridesk demo --worked makes a month to play.")
        return
    graphic = exposure(settings)
    room = agents * shift.between(period.since, period.until)
    for load_factor in loads or (_work(found) / max(1, room),):
        factor = load_factor * room / max(1, _work(found))
        stretched = _stretched(found, factor)
        known = {lane: max(1, round(seconds * factor)) for lane, seconds in usual.items()}
        for order in Order:
            outcome = play(stretched, order, agents=agents, shift=shift, expected=known, exposure=graphic)
            _tell(order, load_factor, outcome, as_json)


def _work(found: Sequence[Request]) -> int:
    return sum(one.seconds for one in found)


def _stretched(found: Sequence[Request], factor: float) -> list[Request]:
    return [replace(one, seconds=max(1, round(one.seconds * factor))) for one in found]


def _tell(order: Order, load_factor: float, outcome: Outcome, as_json: bool) -> None:
    if as_json:
        put({"order": order, "load": round(load_factor, 4), **asdict(outcome)})
        return
    lanes = ", ".join(f"{lane} {late}" for lane, late in outcome.by_lane.items())
    click.echo(
        f"load {load_factor:5.0%}  {order:<9} {outcome.breaches:>6,} of {outcome.answered:,} late "
        f"({outcome.grave_breaches} grave; {lanes}), waited {span(outcome.median_wait)} median, "
        f"{span(outcome.p90_wait)} p90, {outcome.graphic_in_a_row:,} graphic right after another"
    )


def _shift(hours: str, calendar: str, calendars: Mapping[str, Calendar]) -> Calendar:
    if hours and calendar:
        raise click.UsageError("Give --hours or --calendar, not both.")
    if hours:
        return from_table(dict.fromkeys(WEEKDAYS, [hours]), "--hours")  # noqa: RUF024 - read only
    if calendar and calendar not in calendars:
        raise InputError("Unknown calendar", f"--calendar {calendar}: there are {', '.join(sorted(calendars))}.")
    return calendars.get(calendar, ALWAYS)
