from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.errors import InputError
from data.records.tickets import Priority, Status, Ticket
from macros.files.library import BUILT_IN, Library, check_paths


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_built_in_macro_is_accepted() -> None:
    assert [(verdict.file.name, verdict.reason) for verdict in check_paths([BUILT_IN]) if not verdict.accepted] == []


def test_a_refused_file_leaves_the_others_loaded_and_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a/good", "=== en\nhello")
    write(tmp_path, "a/bad", "+++\nkey = 'x'\n+++\n=== en\nhello\n{{ 9 ** 9 }}")
    (tmp_path / "a" / "latin.j2").write_bytes("señal".encode("latin-1"))
    library = Library(tmp_path)
    library.refresh()

    assert [macro.name for macro in library] == ["a/good"]
    assert [(one.file.name, one.line) for one in library.refused()] == [("bad.j2", 6), ("latin.j2", 1)]


def test_the_agents_own_folder_goes_over_the_built_in_one(tmp_path: Path) -> None:
    write(tmp_path / "built-in", "a/one", "old")
    write(tmp_path / "built-in", "a/two", "two")
    write(tmp_path / "own", "a/one", "new")
    library = Library(tmp_path / "built-in", tmp_path / "own")
    library.refresh()

    assert [macro.bodies[0].text for macro in library] == ["new", "two"]


def test_a_changed_or_removed_file_is_taken_at_the_next_refresh(tmp_path: Path) -> None:
    path = write(tmp_path, "a/one", "old")
    library = Library(tmp_path)
    assert library.refresh()
    assert not library.refresh()

    path.write_text("newer", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert library.refresh()
    assert library.get("one").bodies[0].text == "newer"

    path.unlink()
    assert library.refresh()
    assert len(library) == 0


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "outside", "secret", "secret")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "link.j2").symlink_to(secret)
    library = Library(tmp_path / "own")
    library.refresh()

    assert len(library) == 0


def test_unknown_and_ambiguous_names_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a/one", "x")
    write(tmp_path, "b/one", "x")
    library = Library(tmp_path)
    library.refresh()

    with pytest.raises(InputError, match="Several macros"):
        library.get("one")
    with pytest.raises(InputError, match="macros list"):
        library.get("gone")
    with pytest.raises(InputError, match="neither"):
        check_paths([tmp_path / "nowhere"])


def test_only_offered_macros_have_a_key(tmp_path: Path) -> None:
    write(tmp_path, "a/chat", "+++\nkey = 'c'\n[when]\nlanes = ['chat']\n+++\nx")
    write(tmp_path, "a/mail", "+++\nkey = 'm'\n+++\nx")
    library = Library(tmp_path)
    library.refresh()
    ticket = Ticket(1, "mail", Status.OPEN, Priority.NORMAL, "", 1, 0, 0)

    assert {key: macro.name for key, macro in library.keys(ticket).items()} == {"m": "a/mail"}


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "a/huge", "ñ" * 50_000)

    (verdict,) = check_paths([path])
    assert (verdict.line, "larger" in verdict.reason) == (1, True)
