"""Hostile and broken macro files: each is refused with a reason or filled in quickly, and the others load."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.files.front_matter import MacroError, parse
from macros.files.library import BUILT_IN, Library, Verdict, check_paths
from macros.files.macro_files import MAX_LEVELS, files_in
from macros.filling import safe_patterns

HERE = Path(__file__).parents[1]
GOOD = "=== en\nhello\n=== es\nhola\n"
LIMIT_FILES = 10_000


def _load() -> ModuleType:
    found = importlib.util.spec_from_file_location("hostile", HERE / "hostile.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


HOSTILE = _load()


def verdict_of(folder: Path, name: str) -> Verdict:
    library = Library(folder)
    library.refresh()
    assert [macro.name for macro in library if macro.name == "good"] == ["good"], "the others load"
    (found,) = [one for one in library.verdicts() if one.file.name == name]
    return found


def test_each_is_refused_or_filled_within_time_and_memory(tmp_path: Path) -> None:
    texts = HOSTILE.texts()
    for name, content in texts.items():
        (tmp_path / name).write_bytes(content)
    root = HERE.parents[1]
    done = subprocess.run(
        [sys.executable, str(HERE / "hostile.py"), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (rows[-1:], done.stderr[-500:])
    last = rows.pop()

    assert last["megabytes"] < HOSTILE.MEGABYTES
    assert {row["file"] for row in rows} == set(texts)
    assert [row for row in rows if row["seconds"] >= HOSTILE.SECONDS] == []
    assert [row["file"] for row in rows if not row["accepted"] and not (row["line"] and row["reason"])] == []
    assert all(row["length"] <= 100_100 for row in rows)
    # Whatever reaches for code, attributes or patterns without end is stopped when it is read
    for group in ("attribute", "format", "pattern"):
        accepted = [row["file"] for row in rows if row["accepted"] and row["file"].startswith(group)]
        assert accepted in ([], ["pattern-19.j2"]), accepted  # a plain character class


@pytest.mark.parametrize("template", ["{{ '\\x1b[31m' }}", "\x1b]0;x\x07", "{{ '\\ud800' }}", "\u202e"])
def test_what_is_filled_in_cannot_drive_a_terminal(template: str, tmp_path: Path) -> None:
    from data.records.customers import Customer
    from data.records.tickets import Priority, Status, Ticket
    from data.safe_text import safe_text
    from macros.filling.context import Context
    from macros.render import render

    ticket = Ticket(1, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0)
    text = render(parse("x", template + " x"), "en", Context(ticket, Customer(1, ""), "a", 0), {}).text
    assert text == safe_text(text)
    assert not {"\x1b", "\x07", "\ud800", "\u202e"} & set(text)


def test_pipes_sockets_and_folders_named_like_macros_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "good.j2").write_text(GOOD, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.j2")
    (tmp_path / "folder.j2").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.j2"))
        for name in ("pipe.j2", "folder.j2", "socket.j2"):
            assert verdict_of(tmp_path, name).reason.startswith("is not a text file"), name
    (found,) = check_paths([tmp_path / "pipe.j2"])
    assert not found.accepted


def test_links_are_followed_only_within_the_folder(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "good.j2").write_text(GOOD, encoding="utf-8")
    (tmp_path / "secret.j2").write_text("secret", encoding="utf-8")
    (own / "out.j2").symlink_to(tmp_path / "secret.j2")
    (own / "device.j2").symlink_to("/dev/zero")
    (own / "nowhere.j2").symlink_to(own / "gone")
    (own / "loop.j2").symlink_to(own / "loop.j2")
    (own / "inside.j2").symlink_to(own / "good.j2")
    (own / "up").symlink_to(tmp_path)

    assert "link that leaves the folder" in verdict_of(own, "out.j2").reason
    assert "link that leaves the folder" in verdict_of(own, "device.j2").reason
    assert "cannot be read" in verdict_of(own, "nowhere.j2").reason
    assert "cannot be read" in verdict_of(own, "loop.j2").reason
    assert verdict_of(own, "inside.j2").accepted
    assert len(files_in(own)) == 6


def test_editors_and_version_controls_files_are_not_macros(tmp_path: Path) -> None:
    (tmp_path / ".#good.j2").symlink_to("somebody@host.1:2")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.j2").write_text("x", encoding="utf-8")
    assert files_in(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "good.j2").write_text(GOOD, encoding="utf-8")
    (tmp_path / "closed.j2").write_text("x", encoding="utf-8")
    (tmp_path / "closed.j2").chmod(0)
    assert "cannot be read" in verdict_of(tmp_path, "closed.j2").reason


def test_file_names_of_odd_bytes_are_refused_and_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "good.j2").write_text(GOOD, encoding="utf-8")
    odd = os.fsencode(tmp_path) + b"/\xff\x1b.j2"
    with open(odd, "wb") as file:
        file.write(b"x")
    assert "rename it" in verdict_of(tmp_path, os.fsdecode(b"\xff\x1b.j2")).reason


def test_folders_without_end_are_left(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(200):
        deep = deep / "d"
    os.makedirs(deep)
    (deep / "x.j2").write_text("x", encoding="utf-8")
    (tmp_path / "good.j2").write_text(GOOD, encoding="utf-8")
    assert [path.name for path in files_in(tmp_path)] == ["good.j2"]
    assert MAX_LEVELS < 200


def test_more_files_than_anybody_writes_are_refused_past_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("macros.files.library.MAX_FILES", 50)
    for number in range(60):
        (tmp_path / f"{number:05}.j2").write_text("x", encoding="utf-8")
    library = Library(tmp_path)
    library.refresh()
    assert len(library) == 50
    assert [one.reason for one in library.refused()] == [
        "is past the 50 files, 200 of them snippets, that a folder may hold; take some away"
    ] * 10


def test_the_built_in_patterns_are_within_the_bound() -> None:
    assert all(not safe_patterns.problem(ask.pattern) for macro in Library.standard() for ask in macro.asks)
    assert BUILT_IN.is_dir()


@pytest.mark.parametrize(
    "pattern", [r"[A-Z]{2}-\d{4,6}", r"\d+(?:\.\d+)?", "a|b|c|d", r"(?i)(en|es|fr|de)", "", "[^]x]+"]
)
def test_everyday_patterns_pass(pattern: str) -> None:
    assert safe_patterns.problem(pattern) == ""


@given(st.text(alphabet="ab01=+'\"[]{}.\n \\#@\u00e9\ud800\x00", max_size=200), st.booleans())
def test_whatever_stands_in_a_file_it_is_taken_or_refused_with_a_line(text: str, front: bool) -> None:
    source = f"+++\n{text}\n+++\nhello" if front else text
    line = 1
    try:
        parse("x", source)
    except MacroError as wrong:
        line = wrong.line
    assert 1 <= line <= source.count("\n") + 2
