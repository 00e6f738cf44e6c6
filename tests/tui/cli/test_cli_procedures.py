"""`tridesk procedures`: listed, shown, checked."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from data.errors import InputError
from tui.cli.procedures import procedures

OWN = """
id = "mine"
version = 4
effective = 2026-01-02
changed = "Now with a gate."

[[step]]
id = "look"
kind = "check"
gate = true
text.en = "Look twice."
text.es = "Mira dos veces."
evidence = "what was seen"
"""


def own(folder: Path, text: str = OWN) -> list[str]:
    (folder / "mine.toml").write_text(text)
    return ["--folder", str(folder)]


def test_the_list_holds_the_built_in_and_the_own_ones(tmp_path: Path) -> None:
    result = CliRunner().invoke(procedures, ["list", "--json", *own(tmp_path)])
    found = {line["id"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert "data-request" in found
    assert (found["mine"]["version"], found["mine"]["effective"], found["mine"]["gates"]) == (4, "2026-01-02", 1)
    assert "mine" in CliRunner().invoke(procedures, ["list", *own(tmp_path)]).stdout


def test_one_is_shown_in_the_language_asked_for(tmp_path: Path) -> None:
    result = CliRunner().invoke(procedures, ["show", "mine", "--language", "es", *own(tmp_path)])
    assert result.stdout.splitlines() == [
        "mine v4, in force since 2026-01-02",
        "New: Now with a gate.",
        "  1* look (check): Mira dos veces.",
        "      write down: what was seen",
    ]
    shown = json.loads(CliRunner().invoke(procedures, ["show", "mine", "--json", *own(tmp_path)]).stdout)
    assert shown["steps"][0]["text"] == {"en": "Look twice.", "es": "Mira dos veces."}


def test_an_unknown_id_is_told_with_the_known_ones() -> None:
    result = CliRunner().invoke(procedures, ["show", "nothing"])
    assert isinstance(result.exception, InputError)
    assert "payment" in result.exception.message


def test_check_tells_file_and_line_and_fails(tmp_path: Path) -> None:
    good = CliRunner().invoke(procedures, ["check", *own(tmp_path)])
    assert good.exit_code == 0
    assert "mine.toml: ok" in good.stdout
    bad = CliRunner().invoke(procedures, ["check", "--json", *own(tmp_path, OWN.replace("check", "chek"))])
    wrong = [line for line in map(json.loads, bad.stdout.splitlines()) if not line["accepted"]]
    assert bad.exit_code == 1
    assert [Path(line["file"]).name for line in wrong] == ["mine.toml"]
    assert "line 9" in wrong[0]["reason"]
    named = CliRunner().invoke(procedures, ["check", str(tmp_path / "mine.toml")])
    assert (named.exit_code, named.stdout) == (1, "")
    assert "mine.toml, line 9" in named.stderr
