"""Single settings of config.toml are changed, and every other line stays as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from data.errors import InputError
from tui.setup.config_file import change_settings

FILE = """\
# mine
agent = "ann"  # who I am
theme = "light"

# where mail comes from
[[account]]
name = "a"  # [not a table]
address = "a@x.example"

[keys]  # by hand
"ticket.solve" = "f5"   # the big one
"ticket.take" = "f6"

[lock]
after-minutes = 3

[[account]]
name = "b"
address = "b@x.example"
"""


def changed(folder: Path, text: str, changes: dict[str, Any], keys: dict[str, str] | None = None) -> str:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8", newline="")
    change_settings(folder, changes, keys)
    return path.read_bytes().decode()


def test_only_the_line_that_changes_changes(tmp_path: Path) -> None:
    text = changed(tmp_path, FILE, {}, {"ticket.solve": "f5", "ticket.take": "f7"})
    assert text == FILE.replace('"f6"', '"f7"')
    assert changed(tmp_path, FILE, {"theme": "dark"}) == FILE.replace('"light"', '"dark"')
    assert changed(tmp_path, FILE, {"theme": None}) == FILE.replace('theme = "light"\n', "")
    assert changed(tmp_path, FILE, {}, {"ticket.solve": "f5"}) == FILE.replace('"ticket.take" = "f6"\n', "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        'agent = "ann"',
        FILE,
        '[keys]\n"ticket.solve" = "f5"\n',
        'keys."ticket.solve" = "f5"\n[lock]\nafter-minutes = 3\n',
        'keys = {"ticket.solve" = "f5"}\n',
        "signature = '''\n[keys]\nnot a table'''\n",
        "blocked-senders = [\n  [].x,\n]\n".replace("[].x", '"@x.example"'),
    ],
)
@pytest.mark.parametrize("keys", [{}, {"ticket.take": "g t,f6"}, {"ticket.solve": "", "desk.help": "f1"}])
def test_whatever_the_file_looks_like_it_holds_the_settings_after_it_and_all_others(
    tmp_path: Path, text: str, keys: dict[str, str]
) -> None:
    before = tomllib.loads(text)
    after = tomllib.loads(changed(tmp_path, text, {"preset": "gmail", "undo-seconds": 7}, keys))
    assert after.pop("keys", {}) == keys
    assert (after.pop("preset"), after.pop("undo-seconds")) == ("gmail", 7)
    before.pop("keys", None)
    assert after == before


def test_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    text = changed(tmp_path, "\ufeff" + FILE.replace("\n", "\r\n"), {"theme": "dark"})
    assert text == "\ufeff" + FILE.replace('"light"', '"dark"').replace("\n", "\r\n")


def test_a_file_that_is_not_understood_is_not_touched(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.toml"):
        changed(tmp_path, "theme = ", {"theme": "dark"})
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "theme = "


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui.setup.config_file.os.fsync", full)
    with pytest.raises(InputError, match="No space left"):
        change_settings(tmp_path, {"theme": "dark"})
