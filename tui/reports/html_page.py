"""A report as a single HTML file that loads nothing: figures, charts and their definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from queues.figures.grouping import AGE_NAMES, By, Grouped
from queues.figures.metrics import Figure, Metric
from queues.figures.reporting import Period, Report
from tui.look.short_times import month
from tui.look.words import words
from tui.reports.question import column_of, columns_of
from tui.reports.rows import (
    CHAPTERS,
    EMPTY,
    EVERY,
    MEANINGS,
    SHORT,
    Row,
    change,
    group_name,
    groups,
    row_of,
    rows,
    shown,
    value,
)
from tui.reports.svg_charts import STYLE, Series, as_html, bar_chart, column_chart
from tui.setup.interface_language import language

_STYLE = (
    """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.4rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}.quiet{color:#555}
.tiles{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0}.tile{border:1px solid #ccc;border-radius:.4rem;
padding:.5rem .9rem;min-width:7.5rem}.tile b{display:block;font-size:1.4rem}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}
td.words{text-align:left}figure{margin:1.2rem 0}figcaption{margin-bottom:.3rem}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}.quiet{color:#aaa}.tile{border-color:#444}
th,td{border-color:#333}}@media print{.tile,figure,tr{break-inside:avoid}}
"""
    + STYLE
)
_TILES = (
    Metric.RECEIVED, Metric.SOLVED, Metric.BACKLOG, Metric.ONE_TOUCH, Metric.FIRST_REPLY, Metric.LATE_FIRST,
    Metric.RESOLUTION,
)  # fmt: skip
_COMPARED = (Metric.REPLIES, Metric.SOLVED, Metric.ONE_TOUCH, Metric.FIRST_REPLY, Metric.RESOLUTION, Metric.LATE_FIRST)
"""The groupings that are compared."""
_MOST_BARS = 25


def groupings(by: By, period: Period) -> tuple[Grouped, ...]:
    """Return the reports that a page needs."""
    return tuple(dict.fromkeys((by, By.ALL, column_of(period), By.HOUR, By.AGE)))


def page(by: By, held: Mapping[Grouped, Report], zone: tzinfo, hours: str) -> str:
    """Return the page's HTML; `hours` names the hours in which durations are measured."""
    report, whole = held[by], held[By.ALL]
    since, until = (_date(datetime.fromtimestamp(at, zone)) for at in (report.period.since, report.period.until))
    title = words("Desk report, {since} to {until}").format(since=since, until=until)
    about = words("Compared with as much time before. Durations are medians in {hours}; handle time is a mean.")
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"><title>{as_html(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f'<h1>{as_html(title)}</h1><p class="quiet">{as_html(about.format(hours=hours))}</p>'
        f"{_tiles(whole)}{_over_time(held, zone)}{_figures(whole)}"
        f"{_groups(by, report) if by is not By.ALL else ''}{_meanings()}</body></html>\n"
    )


def _date(local: datetime) -> str:
    return f"{local:%d} {month(local)} {local:%Y %H:%M}"


def _by(what: str, by: By) -> str:
    """Return a heading: `First reply by lane`, `By lane`."""
    text = words("{what} by {group}").format(what=what, group=words(by)).strip()
    return text[:1].upper() + text[1:]


def _tiles(whole: Report) -> str:
    tiles = []
    for metric in _TILES:
        row = row_of(whole, "all", metric)
        moved = change(row)
        beside = words("before {value}").format(value=shown(metric, row.before)) + (f", {moved}" if moved else "")
        tiles.append(
            f'<div class="tile">{as_html(words(metric))}<b>{shown(metric, row.now)}</b>'
            f'<span class="quiet">{as_html(beside)}</span></div>'
        )
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _over_time(held: Mapping[Grouped, Report], zone: tzinfo) -> str:
    period = held[By.ALL].period
    by = column_of(period)
    columns, hours, ages = held[by].now, held[By.HOUR].now, held[By.AGE].now
    times, clock = columns_of(period, zone), [f"{hour:02}" for hour in range(24)]
    names, labels = [name for name, _ in times], [label for _, label in times]
    return "".join((
        column_chart(words("Received and solved by {by}").format(by=words(by)), labels,
                     _series(columns, names, (Metric.RECEIVED, Metric.SOLVED))),
        column_chart(words("First reply by {by}, median").format(by=words(by)), labels,
                     _series(columns, names, (Metric.FIRST_REPLY,))),
        column_chart(words("Received and replies by hour"), clock,
                     _series(hours, clock, (Metric.RECEIVED, Metric.REPLIES))),
        bar_chart(words("Backlog by age"), [(words(name), figure.count, f"{figure.count:,}") for name in AGE_NAMES
                                     for figure in [ages.get(name, {}).get(Metric.BACKLOG, EMPTY)]]),
    ))  # fmt: skip


def _series(
    held: Mapping[str, Mapping[Metric, Figure]], names: Sequence[str], metrics: Sequence[Metric]
) -> list[Series]:
    series = []
    for metric in metrics:
        figures = [held.get(name, {}).get(metric, EMPTY) for name in names]
        values = [value(metric, figure) if figure.count else None for figure in figures]
        series.append(Series(words(metric), values, [shown(metric, figure) for figure in figures]))
    return series


def _figures(whole: Report) -> str:
    by_metric = {row.metric: row for row in rows(whole)}
    parts = []
    for title, metrics in CHAPTERS:
        held = [by_metric[metric] for metric in metrics if metric in by_metric]
        if held:
            parts.append(f"<h2>{as_html(words(title).capitalize())}</h2>{_table(held)}")
    return "".join(parts)


def _table(held: Sequence[Row]) -> str:
    lines = (
        f"<tr><td>{as_html(words(row.metric))}</td><td>{shown(row.metric, row.now)}</td>"
        f"<td>{shown(row.metric, row.before)}</td><td>{as_html(change(row))}</td><td>{row.now.count:,}</td></tr>"
        for row in held
    )
    heads = (words("figure"), words("now"), words("before"), words("change"), words("of"))
    head = f"<tr>{''.join(f'<th>{as_html(text)}</th>' for text in heads)}</tr>"
    return f"<table>{head}{''.join(lines)}</table>"


def _groups(by: By, report: Report) -> str:
    named = groups(report)
    charts = []
    for metric in _COMPARED:
        bars = [(group, value(metric, figure) if figure.count else None, shown(metric, figure)) for group in named
                for figure in [report.now.get(group, {}).get(metric, EMPTY)] if figure.count]  # fmt: skip
        bars.sort(key=lambda bar: -(bar[1] or 0)) if by in (By.MACRO, By.TOPIC) else None
        charts.append(bar_chart(_by(words(metric), by), bars[:_MOST_BARS]) if bars else "")
    head = "".join(f"<th>{as_html(words(metric))}</th>" for metric in SHORT)
    lines = (
        f"<tr><td>{as_html(group_name(by, group))}</td>"
        + "".join(f"<td>{_cell(row_of(report, group, metric))}</td>" for metric in SHORT)
        + "</tr>"
        for group in named
    )
    return (
        f"<h2>{as_html(_by('', by))}</h2>{''.join(charts)}"
        f'<div class="wide"><table><tr><th>{as_html(words(by))}</th>{head}</tr>{"".join(lines)}</table></div>'
    )


def _cell(row: Row) -> str:
    moved = change(row)
    quiet = f'<br><small class="quiet">{as_html(moved)}</small>' if moved else ""
    return f"{shown(row.metric, row.now)}{quiet}"


def _meanings() -> str:
    lines = (
        f'<tr><td>{as_html(words(metric))}</td><td class="words">{as_html(words(MEANINGS[metric]))}</td></tr>'
        for metric in EVERY
    )
    return f"<h2>{as_html(words('What the figures mean'))}</h2><table>{''.join(lines)}</table>"
