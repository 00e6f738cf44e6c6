"""Paths as people paste them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.cards.typed_path import looks_whole, typed_path


@pytest.mark.parametrize(
    "text",
    [
        "{}", "{}\n", "  {}\r\n", "'{}'", '"{}"', "file://{url}", "file://localhost{url}", "FILE:{url}", "{escaped}",
        "~/{}", "~/'{}'", "~/file://{url}", "“{}”",
    ],
)  # fmt: skip
def test_a_path_is_read_however_it_was_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "in box (1)" / "año.mbox"
    path.parent.mkdir()
    path.write_text("")
    url = str(path).replace(" ", "%20").replace("ñ", "%C3%B1")
    escaped = str(path).replace(" ", "\\ ").replace("(", "\\(").replace(")", "\\)")
    assert typed_path(text.format(path, url=url, escaped=escaped)) == path
    assert looks_whole(text.format(path, url=url, escaped=escaped))


def test_the_home_folder_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert typed_path("~") == tmp_path
    assert typed_path("~/Mail/in") == tmp_path / "Mail" / "in"
    assert typed_path("~/~/Mail") == tmp_path / "Mail"
    assert typed_path("~nobody-here/x") == Path("~nobody-here/x")


@pytest.mark.parametrize("name", ["'quoted'", "back\\ slash", "100%41", "a\\b"])
def test_a_file_with_such_a_name_goes_first(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    assert typed_path(str(tmp_path / name)) == tmp_path / name


def test_a_word_is_not_a_whole_path() -> None:
    assert not looks_whole("inbox")
    assert typed_path("inbox\0") == Path("inbox")
