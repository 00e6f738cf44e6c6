"""`tridesk replay`: simulate a past period with another order, other staff, hours or targets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from data.errors import InputError
from data.store import Store
from queues.clocks.calendar import ALWAYS, WEEKDAYS, Calendar, from_table
from queues.clocks.clock_settings import calendars_of, policies_of
from queues.figures.past_requests import past_requests
from queues.figures.replay import Order, Outcome, Request, as_it_was, play
from tui.cli.common import db_option, json_option, reading, write_json
from tui.cli.periods import period_of, zone_of
from tui.look.short_times import span
from tui.setup.clock import wall_clock
from tui.setup.open_desk import exposure
from tui.setup.settings import CONFIG_NAME, config_folder, load

DEMO_ENDS = 1_772_409_600
"""Monday 2 March 2026, 00:00 UTC: a seed gives the same month on any day."""
RECORD = "record"
"""The name, in place of an order, of what really happened."""
_STAFF = re.compile(r"(\d{1,4})@(\S+)")


@click.command()
@click.option("--since", default="21d", show_default=True, help="A date, today, or how far back: 24h, 7d, 4w.")
@click.option("--until", default="now", show_default=True, help="A date (not included), or now.")
@click.option("--agents", type=click.IntRange(1, 1000), default=2, show_default=True, help="How many people work.")
@click.option("--hours", default="", help="When they work, each day: 09:00-17:00 (UTC); else day and night.")
@click.option("--calendar", default="", help="When they work: a calendar of config.toml.")
@click.option(
    "--staff",
    multiple=True,
    metavar="N@HOURS",
    help="People in these hours or this calendar, such as 2@06:00-14:00; repeatable.",
)
@click.option(
    "--load",
    "loads",
    type=click.FloatRange(0.01, 5),
    multiple=True,
    help="Scale the work to this share of their hours (default: unscaled); repeatable.",
)
@click.option(
    "--order",
    "orders",
    type=click.Choice([str(order) for order in Order]),
    multiple=True,
    help="Only this order; repeatable.",
)
@click.option(
    "--settings",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with another config.toml, whose policies and calendars are tried.",
)
@click.option("--demo", is_flag=True, help="Simulate a month of the demo, the same at any time.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which month of the demo.")
@db_option
@json_option
def replay(
    since: str,
    until: str,
    agents: int,
    hours: str,
    calendar: str,
    staff: tuple[str, ...],
    loads: tuple[float, ...],
    orders: tuple[str, ...],
    folder: Path | None,
    demo: bool,
    seed: int,
    db: Path | None,
    as_json: bool,
) -> None:
    """Simulate how many clocks would have run out, and how long customers would have waited.

    Messages arrive when they did and take as long as they did. The desk's order is compared with
    first-in-first-out, queue after queue, and what really happened. Nothing is written.
    """
    if demo and db is not None:
        raise click.UsageError("Give --demo or --db, not both.")
    settings = load(folder).settings
    where = str((folder or config_folder()) / CONFIG_NAME)
    calendars = calendars_of(settings.calendar, where)
    people = _people(staff, agents, hours, calendar, calendars)
    period = period_of(since, until, zone_of("UTC"), DEMO_ENDS if demo else wall_clock())
    with _demo_month(seed) if demo else reading(db) as store:
        policies = policies_of(settings.policy, calendars, where)
        requests, usual = past_requests(store, period.since, period.until, policies, calendars, exposure(settings))
    if not requests:
        click.echo("Nothing came in then; --since looks further back, --demo plays a month of the demo.")
        return
    graphic = exposure(settings)
    room = max(1, sum(person.between(period.since, period.until) for person in people))
    _tell(RECORD, _work(requests) / room, as_it_was(requests), as_json)
    for share in loads or (_work(requests) / room,):
        factor = share * room / max(1, _work(requests))
        stretched = _stretched(requests, factor)
        known = {lane: max(1, round(seconds * factor)) for lane, seconds in usual.items()}
        for order in (Order(item) for item in orders or Order):
            outcome = play(stretched, order, staff=people, expected=known, exposure=graphic)
            _tell(order, share, outcome, as_json)


@contextmanager
def _demo_month(seed: int) -> Iterator[Store]:
    """Simulate a month in a temporary folder that is removed afterwards."""
    from tui.cli.demo import MONTHS_TICKETS, rehearse

    with TemporaryDirectory(prefix=f"tridesk-{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "desk.db"
        rehearse(path, MONTHS_TICKETS, seed, DEMO_ENDS)
        with closing(Store.open(path, create=False)) as store:
            yield store


def _people(
    staff: Sequence[str], agents: int, hours: str, calendar: str, calendars: Mapping[str, Calendar]
) -> list[Calendar]:
    """Return a calendar for each working agent."""
    if sum(map(bool, (hours, calendar, staff))) > 1:
        raise click.UsageError("Give --hours, --calendar or --staff, not more than one of them.")
    if not staff:
        return [_shift(hours or calendar, "--hours" if hours else "--calendar", calendars)] * agents
    people: list[Calendar] = []
    for text in staff:
        match = _STAFF.fullmatch(text)
        if match is None or not 0 < int(match[1]) <= 1000:
            raise InputError("Not a number of people", f"--staff {text}: write one such as 2@06:00-14:00.")
        people += [_shift(match[2], "--staff", calendars)] * int(match[1])
    return people


def _work(requests: Sequence[Request]) -> int:
    return sum(request.seconds for request in requests)


def _stretched(requests: Sequence[Request], factor: float) -> list[Request]:
    return [replace(request, seconds=max(1, round(request.seconds * factor))) for request in requests]


def _tell(order: str, load_factor: float, outcome: Outcome, as_json: bool) -> None:
    if as_json:
        write_json({"order": order, "load": round(load_factor, 4), **asdict(outcome)})
        return
    lanes = ", ".join(f"{lane} {late}" for lane, late in outcome.by_lane.items())
    click.echo(
        f"load {load_factor:5.0%}  {order:<9} {outcome.breaches:>6,} of {outcome.answered:,} late "
        f"({outcome.grave_breaches} severe; {lanes}), waited {span(outcome.median_wait)} median, "
        f"{span(outcome.p90_wait)} p90, {outcome.graphic_in_a_row:,} graphic right after another"
    )


def _shift(text: str, option: str, calendars: Mapping[str, Calendar]) -> Calendar:
    """Return the calendar of this name, else these hours every day, else around the clock."""
    if not text:
        return ALWAYS
    if text in calendars:
        return calendars[text]
    if ":" in text:
        return from_table(dict.fromkeys(WEEKDAYS, [text]), option)  # noqa: RUF024 - read only
    raise InputError("Unknown calendar", f"{option} {text}: there are {', '.join(sorted(calendars))}.")
