"""The page for newcomers: its tutorial and demo played in a real terminal in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.real_terminal import ENTER, ROOT, Terminal

PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
SENT = {"Enter": ENTER, "Esc": "\x1b", "Space": " "}
SAID = {"en": "That was the tutorial", "es": "Este era el tutorial"}


def part(title: str) -> str:
    """Return a chapter of the page."""
    return PAGE.partition(title)[2].partition("\n## ")[0]


def commands(title: str, folder: Path) -> list[list[str]]:
    """Return the commands of a chapter's code, without `tridesk`, with their files in a folder."""
    (code,) = re.findall(r"^```\n(.*?)^```", part(title), re.MULTILINE | re.DOTALL)
    lines = [line.partition("#")[0].split() for line in code.splitlines() if line.startswith("tridesk")]
    return [[str(folder / word) if word in ("inbox.mbox", "desk.db") else word for word in line[1:]] for line in lines]


@pytest.fixture(params=["en", "es"])
def said(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LANGUAGE", request.param)
    return SAID[request.param]


def test_the_tutorial_asks_for_the_keys_of_the_page_and_ends(said: str, tmp_path: Path) -> None:
    keys, done = [], "none yet"
    (arguments,) = commands("## 1. ", tmp_path)
    with Terminal(*arguments) as terminal:
        while True:
            box = terminal.see(rf"tutorial (?!{done})(\d/\d · [^·\n]+ · \d/\d)[^\n]*\n ▶ (\S+)|{said}")
            if box[1] is None:
                break
            done, key = re.escape(box[1]), box[2].rstrip(",")
            keys.append(key)
            typed = key.islower() and len(key) > 3  # "type a sentence", "escribir una frase"
            terminal.press("I look at it" if typed else SENT.get(key, key))
        assert terminal.leave() == 0
    named = [key.replace(" ", "") for row in re.findall(r"^\|.*?\|(.*)\|$", part("## 1. "), re.MULTILINE)
             for key in re.findall(r"`(.+?)`", row)]  # fmt: skip
    assert [key for key in named if key not in keys] == []
    assert len(named) == 12


def test_the_tour_opens_with_the_demo(said: str, tmp_path: Path) -> None:
    (arguments,) = commands("## 2. ", tmp_path)
    with Terminal(*arguments) as terminal:
        terminal.see(r" 1/6 · [^\n]*gt ")
        assert terminal.leave() == 0
