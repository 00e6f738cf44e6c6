"""Whatever is in a long mail, reading it costs time in proportion to its length: ratios of sizes, never seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from queues.mail.html import html_to_text
from queues.mail.light import lightened
from queues.mail.read_mail import read_mail
from queues.quotes import history
from queues.quotes.evidence import MOST_LINES
from queues.quotes.new_text import split

Text = TypeVar("Text")
LINES = [
    "Nov 29 10:15:02 host app[123]: user ana@example.com wrote: something",
    "2026-11-29T10:15:02Z worker-3 path=/v1/items/4711 took=35ms",
    "\tat com.acme.Foo.bar(Foo.java:123)",
    "On ",
    "On 3 May 2026 10:00 Ana <ana@x.example>",
    "From: Ana <ana@x.example>",
    "Date: x",
    "-- ",
    "--",
    "----------",
    "## reply above this line",
    "----------" * 20,
    "> x\n\ny",
    ">> x\n> y",
    "Saludos\nAna",
    "This message is confidential, for its addressee only, and came to you in error.\n",
    "",
]
SLOWEST = ["--", "On "]
"""Those whose cost once grew fastest."""
PIECES = [
    "<style>x", "<body>", "<head><body>", "<li>", "<pre>\n", "<a href='http://x.example/'>", "</p>",
    '<p style="', "&#1", "<![CDATA[", "<",
]  # fmt: skip


def mail_of_parts(size: int) -> bytes:
    """Return a mail of as many text parts as are read, of about this size."""
    part = b"--x\n\n" + b"words " * (size // 1_000 // 6) + b"\n"
    return b'From: ana@x.example\nContent-Type: multipart/mixed; boundary="x"\n\n' + part * 1_000 + b"--x--\n"


def nearly_files(size: int) -> bytes:
    """Return lines like those of a file, never quite as many as are taken out."""
    return b"\n" + ((b"A" * 76 + b"\n") * 499 + b"-\n") * (size // 38_000 + 1)


def _cost(read: Callable[[Text], object], of: Text) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        read(of)
        best = min(best, time.process_time() - start)
    return best


def _grows_linearly(read: Callable[[Text], object], made: Callable[[int], Text], size: int) -> bool:
    """Return whether four times the length costs four times the time, and not sixteen times."""
    return any(_cost(read, made(4 * size)) < 9 * max(_cost(read, made(size)), 0.001) for _ in range(3))


@pytest.mark.parametrize("line", [*SLOWEST, *(pytest.param(line, marks=pytest.mark.faults) for line in LINES)])
def test_cutting_quotes_costs_time_in_proportion(line: str) -> None:
    assert _grows_linearly(split, lambda size: f"{line}\n" * (size // (len(line) + 1)), 8_000)


@pytest.mark.parametrize(
    "piece", ["<script>", "<!--", *(pytest.param(piece, marks=pytest.mark.faults) for piece in PIECES)]
)
def test_html_costs_time_in_proportion(piece: str) -> None:
    assert _grows_linearly(html_to_text, lambda size: piece * (size // len(piece)), 8_000)


@pytest.mark.faults
@pytest.mark.parametrize("made", [lambda size: b"a" * size, nearly_files])
def test_looking_for_files_costs_time_in_proportion(made: Callable[[int], bytes]) -> None:
    assert _grows_linearly(lightened, made, 1_200_000)


def test_many_parts_cost_time_in_proportion() -> None:
    assert _grows_linearly(lambda raw: read_mail(raw, connector="mail", source="1"), mail_of_parts, 20_000)


def test_frames_are_looked_for_in_so_many_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []

    def counted(lines: list[str], at: int) -> tuple[int, bool]:
        looked_at.append(at)
        return 0, False

    monkeypatch.setattr(history, "_frame", counted)
    split("From: Ana <ana@x.example>\n" * (5 * MOST_LINES))
    assert len(looked_at) <= 2 * MOST_LINES


def test_the_middle_of_a_pasted_log_stays_and_history_below_it_goes() -> None:
    log = "\n".join(f"2026-11-29T10:15:02Z worker-3 id={number} took=35ms" for number in range(3 * MOST_LINES))
    attribution = "On Tue, Mar 4, 2025 at 9:12 AM Acme <help@acme.example> wrote:"
    parts = split(f"Here is the log.\n{log}\n\n{attribution}\n> Send it.")
    assert parts.text == f"Here is the log.\n{log}"
    assert parts.quoted.endswith("> Send it.")
