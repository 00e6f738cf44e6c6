"""Own procedures while the desk runs: a changed file is taken in, a broken one is told and stops nothing."""

from __future__ import annotations

import os
from pathlib import Path

from queues.procedures.book import ProcedureBook
from queues.procedures.procedure import built_in

TEXT = 'id = "{name}"\nversion = {version}\neffective = 2026-01-01\n[[step]]\nid = "a"\nkind = "check"\ntext = "Do."\n'


def write(path: Path, text: str, at: int) -> None:
    path.write_text(text)
    os.utime(path, (at, at))


def test_a_new_version_is_taken_in_and_a_removed_file_gives_the_built_in_back(tmp_path: Path) -> None:
    book = ProcedureBook(tmp_path, patience=0)
    assert book["crash"].version == built_in()["crash"].version
    write(tmp_path / "crash.toml", TEXT.format(name="crash", version=71), 1)
    assert book["crash"].version == 71
    write(tmp_path / "crash.toml", TEXT.format(name="crash", version=72), 2)
    assert book.get("crash") is book["crash"]
    assert book["crash"].version == 72
    (tmp_path / "crash.toml").unlink()
    assert book["crash"] is built_in()["crash"]
    assert len(book) == len(built_in())


def test_a_broken_file_is_told_and_leaves_its_last_good_version(tmp_path: Path) -> None:
    book = ProcedureBook(tmp_path, patience=0)
    write(tmp_path / "mine.toml", TEXT.format(name="mine", version=1), 1)
    write(tmp_path / "never.toml", "id = ", 1)
    assert "mine" in book
    assert [problem.split(":")[0] for problem in book.problems] == [f"{tmp_path / 'never.toml'}, line 1"]
    write(tmp_path / "mine.toml", TEXT.format(name="mine", version="x"), 2)
    assert book["mine"].version == 1
    assert len(book.problems) == 2
    write(tmp_path / "mine.toml", TEXT.format(name="mine", version=2), 3)
    assert (book["mine"].version, len(book.problems)) == (2, 1)


def test_of_two_files_with_one_id_the_first_is_taken_and_the_other_told(tmp_path: Path) -> None:
    write(tmp_path / "a.toml", TEXT.format(name="mine", version=1), 1)
    write(tmp_path / "b.toml", TEXT.format(name="mine", version=2), 1)
    book = ProcedureBook(tmp_path, patience=0)
    assert book["mine"].version == 1
    assert "rename one" in book.problems[0]


def test_an_unchanged_folder_is_not_read_again(tmp_path: Path) -> None:
    write(tmp_path / "a.toml", TEXT.format(name="mine", version=1), 1)
    book = ProcedureBook(tmp_path, patience=0)
    first = book["mine"]
    assert book["mine"] is first
    assert not book.refresh()
