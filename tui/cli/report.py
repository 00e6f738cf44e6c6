"""`tridesk report`: productivity, quality and resolution of a period, beside the period before."""

from __future__ import annotations

import csv
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.errors import InputError
from data.safe_text import safe_line
from queues.figures.grouping import By
from queues.figures.metrics import Metric, wall
from queues.figures.reporting import Period, Report, behind, reports
from tui.cli.common import db_option, iso, json_option, put, reading
from tui.cli.periods import period_of, zone_of
from tui.composition import wall_clock
from tui.report_rows import CHAPTERS, ORDER, SHORT, Row, change, keys, rows, shown, value
from tui.settings import CONFIG_NAME, config_folder, load

if TYPE_CHECKING:
    from queues.figures.metrics import Elapsed

_BLOCKS = " ▁▂▃▄▅▆▇█"


@click.command()
@click.option("--since", default="7d", show_default=True, help="A date, today, or how far back: 24h, 7d, 4w.")
@click.option("--until", default="now", show_default=True, help="A date (not included), or now.")
@click.option("--by", type=click.Choice([str(by) for by in By]), default="all", show_default=True, help="Group by.")
@click.option("--zone", default="", help="The time zone of dates, hours and days, such as Europe/Madrid.")
@click.option("--calendar", default="", help="Count lengths of time in this calendar's open hours.")
@click.option("--behind", "metric", type=click.Choice([str(one) for one in Metric]), help="List the tickets instead.")
@click.option("--group", default="", help="With --behind: only this agent, lane, language … of --by.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values with a head line.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with charts.")
@db_option
@json_option
def report(
    since: str,
    until: str,
    by: str,
    zone: str,
    calendar: str,
    metric: str | None,
    group: str,
    as_csv: bool,
    page: Path | None,
    db: Path | None,
    as_json: bool,
) -> None:
    """Sum up a period. Every figure can be opened into the tickets behind it with --behind.

    A length of time is a median, in wall time unless --calendar names open hours.
    """
    place = zone_of(zone)
    period = period_of(since, until, place, wall_clock())
    elapsed = _elapsed(calendar)
    with reading(db) as store:
        if metric:
            for measure, of_group in behind(store, period, By(by), place, elapsed=elapsed):
                if measure.metric == metric and group in ("", of_group):
                    _put_measure(measure.ticket_id, of_group, measure.at, measure.value, as_json)
            return
        grouped = reports(store, period, {By(by), By.DAY}, place, elapsed=elapsed)
        found = grouped[By(by)]
        if page is not None:
            from tui.report_page import write_page

            write_page(page, found, grouped[By.DAY], place)
            click.echo(f"{page}")
            return
        if as_json or as_csv:
            _put_rows(found, as_csv)
            return
        _put_words(found, place)
        if found.by is By.ALL:
            _put_days(grouped[By.DAY], period, place)


def _put_rows(found: Report, as_csv: bool) -> None:
    times = {"since": iso(found.period.since), "until": iso(found.period.until), "by": str(found.by)}
    lines = [{**times, **keys(row)} for row in rows(found)]
    if not as_csv:
        for line in lines:
            put(line)
        return
    writer = csv.DictWriter(sys.stdout, list(lines[0]) if lines else list(times))
    writer.writeheader()
    writer.writerows(lines)


def _put_measure(ticket_id: int, group: str, at: int, number: int, as_json: bool) -> None:
    if as_json:
        put({"ticket": ticket_id, "group": group, "at": iso(at), "value": number})
    else:
        click.echo(f"#{ticket_id:<8} {safe_line(group):<24} {iso(at)}  {number}")


def _put_words(found: Report, zone: tzinfo) -> None:
    days = f"{_day(found.period.since, zone)} to {_day(found.period.until, zone)}"
    listed = list(rows(found))
    if not listed:
        click.echo(f"Nothing happened from {days}; --since 30d looks further back.")
        return
    click.echo(f"{days}, beside the same length before; lengths of time are medians")
    if found.by is not By.ALL:
        _put_groups(listed)
        return
    by_metric = {row.metric: row for row in listed}
    for title, metrics in CHAPTERS:
        click.echo(f"\n{title}")
        for metric in (one for one in metrics if one in by_metric):
            row = by_metric[metric]
            click.echo(
                f"  {metric:<18}{shown(metric, row.now):>9}  before {shown(metric, row.before):>9}  {change(row)}"
            )


def _put_groups(listed: list[Row]) -> None:
    by_group: dict[str, dict[Metric, Row]] = {}
    for row in listed:
        by_group.setdefault(row.group, {})[row.metric] = row
    seen = {row.metric for row in listed}
    columns = [metric for metric in (*SHORT, *ORDER) if metric in seen]
    click.echo("".join([f"{'':<22}", *(f"{metric:>17}" for metric in columns)]))
    for group, held in by_group.items():
        cells = [shown(metric, held[metric].now) if metric in held else "-" for metric in columns]
        click.echo("".join([f"{safe_line(group)[:21]:<22}", *(f"{cell:>17}" for cell in cells)]))


def _put_days(by_day: Report, period: Period, zone: tzinfo) -> None:
    """Draw what came in and what was solved, a column a day, where there are days enough for a line."""
    first = datetime.fromtimestamp(period.since, zone).date()
    last = datetime.fromtimestamp(period.until - 1, zone).date()
    days = [str(first + timedelta(days=n)) for n in range(min(366, (last - first).days + 1))]
    if len(days) < 2:
        return
    click.echo()
    for metric in (Metric.RECEIVED, Metric.SOLVED):
        counts = [_count(by_day, day, metric) for day in days]
        most = max([1, *counts])
        bars = "".join(_BLOCKS[-(-count * (len(_BLOCKS) - 1) // most)] for count in counts)
        click.echo(f"  {metric:<18}{bars}  a day, most {most:,}")


def _count(by_day: Report, day: str, metric: Metric) -> int:
    held = by_day.now.get(day, {}).get(metric)
    return int(value(metric, held) or 0) if held else 0


def _elapsed(calendar: str) -> Elapsed:
    if not calendar:
        return wall
    from queues.clock_settings import calendars_of

    known = calendars_of(load().settings.calendar, str(config_folder() / CONFIG_NAME))
    if calendar not in known:
        raise InputError("Unknown calendar", f"--calendar {calendar}: there are {', '.join(sorted(known))}.")
    return known[calendar].between


def _day(at: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%a %d %b %Y %H:%M}"
