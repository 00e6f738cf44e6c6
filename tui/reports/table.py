"""A report as the table and the plot that the screen shows: plain values and lines, without widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from queues.figures.grouping import AGE_NAMES, ALL, By, Grouped
from queues.figures.metrics import LENGTHS, Figure, Metric
from queues.figures.reporting import Report, inside
from tui.look.one_line import one_line
from tui.look.short_times import span
from tui.look.text_charts import bars, columns, spark
from tui.look.words import words
from tui.reports.question import Asked
from tui.reports.rows import EMPTY, EVERY, MEANINGS, change, group_name, groups, row_of, shown, turn, value

SIGNS = {1: "✓", -1: "✗", 0: " "}
"""Better, worse, neither."""
CHANGE = 2
"""The place of the change among the cells of a figure."""
TIMES = (By.HOUR, By.DAY, By.WEEK)
"""Groupings by the time of a measure."""
Answer = Mapping[Grouped, Report]
"""The answer to a question: the reports of its groupings."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure in the table: its text, and the key to open it by."""

    text: str
    group: str
    metric: Metric
    before: bool = False
    """It belongs to the period before."""
    turn: int = 0
    """1 if it shows that the figure became better, -1 if worse; the text has a sign for it."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column headers, the first for the rows' names; rows with a cell for every other header."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Cell, ...]], ...]


def table(asked: Asked, answer: Answer, zone: tzinfo, *, roomy: bool) -> Table:
    """Return one row per figure if nothing is grouped, else one row per group; with changes if `roomy`."""
    return _figures(asked, answer, zone) if asked.by is By.ALL else _groups(answer[asked.by], roomy=roomy)


def name_of(asked: Asked, cell: Cell) -> str:
    """Return the measure and group of a cell."""
    return words(cell.metric) + (f", {one_line(group_name(asked.by, cell.group))}" if asked.by is not By.ALL else "")


def detail(asked: Asked, answer: Answer, cell: Cell) -> str:
    """Return everything about a cell's figure in one line."""
    row = row_of(answer[asked.by], cell.group, cell.metric)
    parts = [
        name_of(asked, cell),
        words("{now}, before {before}").format(now=shown(row.metric, row.now), before=shown(row.metric, row.before))
        + (f" ({moved})" if (moved := change(row)) else ""),
        words("of {n}").format(n=f"{row.now.count:,}"),
    ]
    if row.metric in LENGTHS and row.now.count:
        parts.append(_spread(row.metric, row.now))
    return " · ".join(parts)


def meaning(cell: Cell) -> str:
    """Return the definition of a cell's figure."""
    return words(MEANINGS[cell.metric])


def over_time(asked: Asked, answer: Answer, cell: Cell, zone: tzinfo, width: int, height: int) -> list[str]:
    """Return a plot of a cell's figure over time; of the backlog, by age. Empty without data."""
    metric = cell.metric
    if metric is Metric.BACKLOG:
        by_age = inside(answer[asked.by, By.AGE], cell.group)
        counted = [(name, by_age.get(name, {}).get(metric, EMPTY).count) for name in AGE_NAMES]
        return bars([(words(name), count, f"{count:,}") for name, count in counted], min(width, 72))[:height]
    labels = [label for _, label in asked.times(zone)]
    return _columns(metric, _over_time(asked, answer, cell.group, metric, zone), labels, width, height)


def across(asked: Asked, answer: Answer, cell: Cell, width: int, height: int) -> list[str]:
    """Return a plot that compares a cell's figure with other groups; as many as fit, including its own."""
    report, metric = answer[asked.by], cell.metric
    named = groups(report)
    held = [report.now.get(group, {}).get(metric, EMPTY) for group in named]
    if asked.by in TIMES:
        return _columns(metric, held, named, width, height)
    first = max(0, min(named.index(cell.group) - height // 2, len(named) - height)) if cell.group in named else 0
    lines = [(one_line(group), value(metric, figure) or 0, shown(metric, figure)) for group, figure in
             zip(named, held, strict=True)]  # fmt: skip
    return bars(lines[first : first + height], width) if any(summary.count for summary in held) else []


def _columns(metric: Metric, held: Sequence[Figure], labels: Sequence[str], width: int, height: int) -> list[str]:
    known = [figure for figure in held if figure.count]
    if not known:
        return []
    greatest = max(known, key=lambda figure: value(metric, figure) or 0)
    values = [value(metric, figure) if figure.count else None for figure in held]
    return columns(values, labels, width, max(1, height - 1), shown(metric, greatest))


def _figures(asked: Asked, answer: Answer, zone: tzinfo) -> Table:
    report = answer[asked.by]
    over = {By.HOUR: words("by hour"), By.DAY: words("by day"), By.WEEK: words("by week")}[asked.over_time]
    heads = ("", words("now"), words("before"), words("change"), words("of"), words("p90"), over)
    lines = []
    for metric in EVERY:
        row = row_of(report, ALL, metric)
        if not row.now.count and not row.before.count:
            continue
        texts = (
            shown(metric, row.now), shown(metric, row.before), signed(change(row), turn(row)), f"{row.now.count:,}",
            span(round(row.now.p90)) if metric in LENGTHS and row.now.count else "",
            "" if metric is Metric.BACKLOG else
            spark([value(metric, each) if each.count else None
                   for each in _over_time(asked, answer, ALL, metric, zone)]),
        )  # fmt: skip
        cells = tuple(
            Cell(text, ALL, metric, place == 1, turn(row) if place == CHANGE else 0) for place, text in enumerate(texts)
        )
        lines.append((words(metric), cells))
    return Table(heads, tuple(lines))


def signed(text: str, turn: int) -> str:
    """Return the text of a change with a sign of whether that is good."""
    return f"{text} {SIGNS[turn]}".strip() if text else ""


def _groups(report: Report, *, roomy: bool) -> Table:
    held: list[Mapping[Metric, Figure]] = [*report.now.values(), *report.before.values()]
    metrics = [metric for metric in EVERY if any(metric in summary for summary in held)]
    lines = []
    for group in groups(report):
        cells = []
        for metric in metrics:
            row = row_of(report, group, metric)
            text = shown(metric, row.now) if row.now.count or row.before.count else ""
            moved = change(row).split(" ")[0] if roomy else ""  # the line below has the unit
            moved = signed(moved, turn(row))
            cells.append(Cell(f"{text} {moved}" if moved else text, group, metric, turn=turn(row) if moved else 0))
        lines.append((one_line(group_name(report.by, group)), tuple(cells)))
    return Table((words("group"), *(words(metric) for metric in metrics)), tuple(lines))


def _over_time(asked: Asked, answer: Answer, group: str, metric: Metric, zone: tzinfo) -> Sequence[Figure]:
    by_time = inside(answer[asked.by, asked.over_time], group)
    return [by_time.get(name, {}).get(metric, EMPTY) for name, _ in asked.times(zone)]


def _spread(metric: Metric, figure: Figure) -> str:
    spread = words("mean {mean}, median {median}, p90 {p90}").format(
        mean=span(round(figure.mean)), median=span(round(figure.median)), p90=span(round(figure.p90))
    )
    return words("age: {spread}").format(spread=spread) if metric is Metric.BACKLOG else spread
