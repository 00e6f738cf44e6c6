"""A report as one page for a lead: figures, groups and charts in a single HTML file that loads nothing."""

from __future__ import annotations

from datetime import datetime, tzinfo
from html import escape
from pathlib import Path

from data.errors import InputError
from queues.figures.grouping import By
from queues.figures.metrics import Metric
from queues.figures.reporting import Report
from tui.report_rows import CHAPTERS, Row, change, rows, shown, value

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}
figure{margin:1rem 0}figcaption{font-size:.9rem;color:#555}rect.in{fill:#5b8db8}rect.done{fill:#3f7d4e}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}th,td{border-color:#333}figcaption{color:#aaa}}
"""
_BAR, _HEIGHT = 14, 120


def write_page(path: Path, found: Report, by_day: Report, zone: tzinfo) -> None:
    """Write the page. Raises InputError where the file cannot be written."""
    since, until = (f"{datetime.fromtimestamp(at, zone):%d %b %Y %H:%M}" for at in
                    (found.period.since, found.period.until))  # fmt: skip
    title = f"Desk report, {since} to {until}"
    body = _tables(found) if found.by is By.ALL else _groups(found)
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(title)}</h1><p>Beside the same length of time before. Lengths of time are medians.</p>"
        f"{_chart(by_day)}{body}</body></html>\n"
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError("Page not written", f"{path}: {error.strerror}; name a file that can be written.") from error


def _tables(found: Report) -> str:
    by_metric = {row.metric: row for row in rows(found)}
    parts = []
    for title, metrics in CHAPTERS:
        held = [by_metric[metric] for metric in metrics if metric in by_metric]
        parts.append(f"<h2>{escape(title.capitalize())}</h2>{_table(held, first='metric')}")
    return "".join(parts)


def _groups(found: Report) -> str:
    by_group: dict[str, list[Row]] = {}
    for row in rows(found):
        by_group.setdefault(row.group, []).append(row)
    return "".join(f"<h2>{escape(group)}</h2>{_table(held, first='metric')}" for group, held in by_group.items())


def _table(held: list[Row], *, first: str) -> str:
    head = f"<tr><th>{first}</th><th>now</th><th>before</th><th>change</th><th>of</th></tr>"
    lines = (
        f"<tr><td>{escape(row.metric)}</td><td>{shown(row.metric, row.now)}</td>"
        f"<td>{shown(row.metric, row.before)}</td><td>{escape(change(row))}</td><td>{row.now.count:,}</td></tr>"
        for row in held
    )
    return f"<table>{head}{''.join(lines)}</table>"


def _chart(by_day: Report) -> str:
    """Two bars a day: what came in, what was solved. The numbers are in the bars' titles, for ears and pointers."""
    days = sorted(by_day.now)
    if not days:
        return ""
    most = max(1, *(int(_value(by_day, day, metric)) for day in days for metric in (Metric.RECEIVED, Metric.SOLVED)))
    bars = []
    for place, day in enumerate(days):
        for shift, (metric, kind) in enumerate(((Metric.RECEIVED, "in"), (Metric.SOLVED, "done"))):
            count = int(_value(by_day, day, metric))
            tall = round(_HEIGHT * count / most)
            x = place * (2 * _BAR + 6) + shift * _BAR
            bars.append(
                f'<rect class="{kind}" x="{x}" y="{_HEIGHT - tall}" width="{_BAR - 2}" height="{tall}">'
                f"<title>{escape(day)}: {count:,} {escape(metric)}</title></rect>"
            )
    width = len(days) * (2 * _BAR + 6)
    return (
        f'<figure><svg role="img" aria-label="Received and solved by day" viewBox="0 0 {width} {_HEIGHT}" '
        f'width="100%" height="{_HEIGHT}" preserveAspectRatio="xMinYMax meet">{"".join(bars)}</svg>'
        f"<figcaption>Received (first bar) and solved (second) by day, {escape(days[0])} to {escape(days[-1])}; "
        f"the tallest is {most:,}.</figcaption></figure>"
    )


def _value(by_day: Report, day: str, metric: Metric) -> float:
    held = by_day.now.get(day, {}).get(metric)
    return (value(metric, held) or 0.0) if held else 0.0
