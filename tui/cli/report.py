"""`tridesk report`: productivity, quality and resolution of a period, compared with the period before."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import click

from queues.figures.grouping import AGE_NAMES, By, Grouped
from queues.figures.metrics import Metric
from queues.figures.reporting import Period, Report, measures_of, reports
from tui.cli.common import db_option, json_option, reading, write_json
from tui.cli.periods import period_of, zone_of
from tui.look.short_times import month, weekday
from tui.look.shown import safe_line
from tui.look.words import words
from tui.look.written_values import iso
from tui.reports.hours import elapsed_of
from tui.reports.html_page import groupings
from tui.reports.report_files import lines_of, write_csv, write_page
from tui.reports.rows import CHAPTERS, EMPTY, ORDER, SHORT, Row, change, group_name, rows, shown
from tui.setup.clock import wall_clock

_MOST_DAYS = 366
"""The most days drawn in one line: the last of the period."""


@click.command()
@click.option("--since", default="7d", show_default=True, help="A date, today, or how far back: 24h, 7d, 4w.")
@click.option("--until", default="now", show_default=True, help="A date (not included), or now.")
@click.option("--by", type=click.Choice([str(by) for by in By]), default="all", show_default=True, help="Group by.")
@click.option(
    "--zone", default="", help="The time zone of dates, hours and days, such as Europe/Madrid (default: the desk's)."
)
@click.option("--calendar", default="", help="Measure durations in this calendar's open hours.")
@click.option("--behind", "metric", type=click.Choice([str(item) for item in Metric]), help="List the tickets instead.")
@click.option("--group", default="", help="With --behind: only this agent, lane, language … of --by.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values with a header line.")
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
    """Sum up a period. --behind lists the tickets behind a figure.

    Durations are medians, in wall time unless --calendar names open hours.
    """
    if group and metric is None:
        raise click.UsageError("--group goes with --behind.")
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two forms of one output; choose one.")
    place = zone_of(zone)
    period = period_of(since, until, place, wall_clock())
    elapsed = elapsed_of(calendar)
    with reading(db) as store:
        if metric:
            listed = 0
            for measure, of_group in measures_of(store, period, By(by), place, elapsed=elapsed):
                if measure.metric == metric and group in ("", of_group):
                    listed += 1
                    _print_measure(measure.ticket_id, of_group, measure.at, measure.value, as_json)
            if not listed:
                click.echo(words("No tickets are behind that figure."), err=True)
            return
        if page is not None:
            held = reports(store, period, groupings(By(by), period), place, elapsed=elapsed)
            write_page(page, By(by), held, place, calendar)
            click.echo(f"{page}")
            return
        wanted = (By.ALL, By.DAY, By.AGE) if by == By.ALL and not (as_json or as_csv) else (By(by),)
        held = reports(store, period, wanted, place, elapsed=elapsed)
        if as_csv:
            write_csv(sys.stdout, held[By(by)])
            return
        if as_json:
            for line in lines_of(held[By(by)]):
                write_json(line)
            return
        _print_report(held[By(by)], place)
        if by == By.ALL:
            _print_days(held[By.DAY], period, place)
            _print_ages(held[By.AGE])


def _print_measure(ticket_id: int, group: str, at: int, number: int, as_json: bool) -> None:
    if as_json:
        write_json({"ticket": ticket_id, "group": group, "at": iso(at), "value": number})
    else:
        click.echo(f"#{ticket_id:<8} {safe_line(group):<24} {iso(at)}  {number}")


def _print_report(report: Report, zone: tzinfo) -> None:
    days = words("{since} to {until}").format(
        since=_day(report.period.since, zone), until=_day(report.period.until, zone)
    )
    listed = list(rows(report))
    if not listed:
        click.echo(words("Nothing happened from {days}; --since 30d looks further back.").format(days=days))
        return
    click.echo(words("{days}, compared with the same length before; durations are medians").format(days=days))
    if report.by is not By.ALL:
        _print_groups(listed, report.by)
        return
    by_metric = {row.metric: row for row in listed}
    for title, metrics in CHAPTERS:
        click.echo(f"\n{words(title)}")
        for metric in (item for item in metrics if item in by_metric):
            row = by_metric[metric]
            now, before, word = shown(metric, row.now), shown(metric, row.before), words("before")
            click.echo(f"  {words(metric):<18}{now:>9}  {word} {before:>9}  {change(row)}")


def _print_groups(listed: list[Row], by: Grouped) -> None:
    by_group: dict[str, dict[Metric, Row]] = {}
    for row in listed:
        by_group.setdefault(row.group, {})[row.metric] = row
    seen = {row.metric for row in listed}
    columns = [metric for metric in (*SHORT, *ORDER) if metric in seen]
    click.echo("".join([f"{'':<22}", *(f"{words(metric):>17}" for metric in columns)]))
    for group, held in by_group.items():
        cells = [shown(metric, held[metric].now) if metric in held else "-" for metric in columns]
        click.echo("".join([f"{group_name(by, safe_line(group))[:21]:<22}", *(f"{cell:>17}" for cell in cells)]))


def _print_days(by_day: Report, period: Period, zone: tzinfo) -> None:
    """Draw created and solved tickets, one column per day, if there are enough days for a line."""
    first = datetime.fromtimestamp(period.since, zone).date()
    last = datetime.fromtimestamp(period.until - 1, zone).date()
    days = [str(first + timedelta(days=n)) for n in range((last - first).days + 1)][-_MOST_DAYS:]
    if len(days) < 2:
        return
    from tui.look.text_charts import spark

    click.echo()
    text = words("a day, most {most}") if len(days) < _MOST_DAYS else words("a day of the last {days}, most {most}")
    for metric in (Metric.RECEIVED, Metric.SOLVED):
        counts = [by_day.now.get(day, {}).get(metric, EMPTY).count for day in days]
        said = text.format(days=_MOST_DAYS, most=f"{max(counts):,}")
        click.echo(f"  {words(metric):<18}{spark(counts)}  {said}")


def _print_ages(by_age: Report) -> None:
    """Draw the backlog by age."""
    counts = [(name, by_age.now.get(name, {}).get(Metric.BACKLOG, EMPTY).count) for name in AGE_NAMES]
    if any(count for _, count in counts):
        from tui.look.text_charts import bars

        click.echo("\n" + words("backlog by age"))
        for line in bars([(words(name), count, f"{count:,}") for name, count in counts], 60):
            click.echo(f"  {line}")


def _day(at: int, zone: tzinfo) -> str:
    local = datetime.fromtimestamp(at, zone)
    return f"{weekday(local)} {local:%d} {month(local)} {local:%Y %H:%M}"
