from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.records.changes import Change
from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from macros.checks.check import Checker
from macros.files.library import Library
from macros.filling.context import Context
from macros.render import render

TICKET = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0)
CONTEXT = Context(TICKET, Customer(1, "Ana Ruiz"), "Noa", 0)


def library_with(folder: Path, attachments: str, name: str = "topic/a") -> Library:
    path = folder / f"{name}.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"+++\ntitle = 'x'\nattachments = {attachments}\n+++\nhello", encoding="utf-8")
    library = Library(folder)
    library.refresh()
    return library


def test_files_beside_the_macro_go_with_its_reply(tmp_path: Path) -> None:
    (tmp_path / "topic" / "forms").mkdir(parents=True)
    (tmp_path / "topic" / "forms" / "refund.pdf").write_bytes(b"%PDF-")
    (tmp_path / "price list.txt").write_bytes(b"1 EUR")
    library = library_with(tmp_path, '["forms/refund.pdf", "../price list.txt"]')
    change = render(library.get("a"), "en", CONTEXT, {}).change

    assert [(one.filename, one.size) for one in change.attachments] == [("refund.pdf", 5), ("price list.txt", 5)]
    assert all(Path(one.path).is_absolute() for one in change.attachments)


@pytest.mark.parametrize(
    ("attachments", "reason"),
    [
        ('["gone.pdf"]', "which does not exist"),
        ('["/etc/passwd"]', "names a file next to the macro"),
        ('["../../outside.txt"]', "not a file of this folder"),
        ('["../../../../../../../../etc/passwd"]', "not a file of this folder"),
        ('["link.txt"]', "not a file of this folder"),
        ('["folder"]', "not a file of this folder"),
        ('["a\\\\b"]', "names a file next to the macro"),
        ('["large.bin"]', "larger than 10 MB together"),
        ('["x", "x", "x", "x", "x", "x"]', "more than 5 files"),
        ('["\\u0000"]', "cannot be shown"),
    ],
)
def test_other_files_are_refused_with_their_line(attachments: str, reason: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "topic" / "folder").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    (own / "topic" / "link.txt").symlink_to(tmp_path / "outside.txt")
    with open(own / "topic" / "large.bin", "wb") as file:
        file.truncate(10_000_001)
    (refused,) = library_with(own, attachments).refused()

    assert reason in refused.reason
    assert refused.line == 3


def test_a_file_that_went_away_is_told_when_the_macro_is_used(tmp_path: Path) -> None:
    (tmp_path / "topic").mkdir()
    (tmp_path / "topic" / "x.txt").write_text("x", encoding="utf-8")
    library = library_with(tmp_path, '["x.txt"]')
    (tmp_path / "topic" / "x.txt").unlink()

    with pytest.raises(InputError, match=r"its file x\.txt cannot be read"):
        render(library.get("a"), "en", CONTEXT, {})


def test_a_macro_that_waits_for_its_file_is_taken_once_it_is_there(tmp_path: Path) -> None:
    library = library_with(tmp_path, '["x.txt"]')
    assert (len(library), library.refresh()) == (0, False)
    (tmp_path / "topic" / "x.txt").write_text("x", encoding="utf-8")
    assert library.refresh()
    assert len(library) == 1


def test_talk_of_an_attachment_is_fine_where_one_goes_out(tmp_path: Path) -> None:
    (tmp_path / "topic").mkdir()
    (tmp_path / "topic" / "x.txt").write_text("x", encoding="utf-8")
    enclosed = render(library_with(tmp_path, '["x.txt"]').get("a"), "en", CONTEXT, {}).change.attachments
    checker = Checker(lambda text: ("en", 1.0))

    def rules(change: Change) -> list[str]:
        return [one.rule for one in checker(change, TICKET, CONTEXT.customer, [])]

    assert rules(Change(reply="Please see the attached form.")) == ["attachment"]
    assert rules(Change(reply="Please see the attached form.", attachments=enclosed)) == []


def test_a_hole_in_the_subject_blocks_too() -> None:
    checker = Checker(lambda text: ("en", 1.0))
    (found,) = checker(Change(reply="All is well.", subject="{{ order }} is on its way"), TICKET, CONTEXT.customer, [])
    assert (found.rule, found.blocking) == ("hole", True)
    assert "Subject: " in found.message
