"""The interface in other languages: complete catalogues, the same keys and values in them, and which one is chosen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from rich.cells import cell_len

from data.records.tickets import DEFAULT_LANES, Lane, Priority, Severity
from data.store import Store
from queues.next_up.urgency import explain
from tests.tui.playing import fifteen_tickets, make_desk
from tools import messages
from tui.keys.actions import ACTIONS
from tui.keys.help_lines import TITLE
from tui.look import words as language
from tui.look.lane_titles import lane_title
from tui.look.stored_words import subject_line
from tui.look.wrapping import wrap
from tui.setup.interface_language import ENGLISH, FOLDER, languages
from tui.setup.interface_language import language as spoken
from tui.setup.settings import load

OTHERS = [code for code in languages() if code != ENGLISH]
KEY = re.compile(r"\b(?:Enter(?! a )|Esc|Space|Tab|F\d+|ctrl\+\w)\b|[↑↓→]")
CARD = 66
"""The cells of a card's line at 80 columns."""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Choose the language anew in each test, by a folder of settings of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tridesk").mkdir()
    language.forget()
    yield tmp_path / "tridesk"
    monkeypatch.undo()
    language.forget()


def pairs(code: str) -> Iterator[tuple[str, str]]:
    """Yield every text with each of its translations."""
    catalogue = messages.read(code)
    for text in messages.texts():
        message = catalogue.get(text.text)
        said = message.string if message is not None else ""
        yield from ((text.text, each) for each in ([said] if isinstance(said, str) else said or ()) if each)


def lines(text: str, width: int) -> int:
    return len(list(wrap(text, width)))


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_has_a_translation(code: str) -> None:
    missing = [f"{text.place}: {text.text!r}" for text in messages.untranslated(code)]
    assert not missing, f"run `make messages`, then translate in {messages.po_path(code)}:\n" + "\n".join(missing)


@pytest.mark.parametrize("code", OTHERS)
def test_the_files_that_are_read_are_those_of_the_catalogue(code: str) -> None:
    catalogue, path = messages.updated(code), messages.po_path(code)
    wanted = {
        path: messages.as_po(catalogue),
        path.with_suffix(".mo"): messages.as_mo(catalogue),
        FOLDER / language.SENTENCES: messages.as_sentences().encode(),
    }
    stale = [file.name for file, content in wanted.items() if file.read_bytes() != content]  # comparing them takes long
    assert not stale, "run `make messages`"


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_same_values(code: str) -> None:
    def values(text: str) -> list[tuple[str | None, str | None]]:
        return sorted((name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None)

    assert [(text, said) for text, said in pairs(code) if {*values(text)} != {*values(said)}] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_names_the_same_keys_in_the_same_order(code: str) -> None:
    def keys(text: str) -> list[str]:
        first = [part.split(" ")[0] for part in text.split(" · ")] if " · " in text.strip(" ·") else []
        return [key for key in first if cell_len(key) == 1 and key.isascii() and key not in "aAeyo"]

    wrong = [(text, said) for text, said in pairs(code) if sorted(KEY.findall(text)) != sorted(KEY.findall(said))]
    wrong += [(text, said) for text, said in pairs(code) if keys(text) != keys(said)]
    assert wrong == []


@pytest.mark.parametrize("code", OTHERS)
def test_commands_options_and_numbers_of_tickets_are_kept(code: str) -> None:
    fixed = re.compile(r"`[^`]*`|(?<![\w-])--[a-z][a-z-]*|config\.toml|#\{\w+\}")
    assert [(text, said) for text, said in pairs(code) if {*fixed.findall(text)} != {*fixed.findall(said)}] == []


@pytest.mark.parametrize("code", OTHERS)
def test_edges_and_ends_are_kept(code: str) -> None:
    def edges(text: str) -> tuple[bool, bool, bool]:
        return text.startswith(" "), text.endswith(" "), text.endswith("…")

    assert [(text, said) for text, said in pairs(code) if edges(text) != edges(said)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_lines_of_keys_take_no_more_lines_than_in_english(code: str) -> None:
    shown = {text: said for text, said in pairs(code) if " · " in text or KEY.search(text)}
    assert [said for text, said in shown.items() if lines(said, CARD) > max(lines(text, CARD), 2)] == []
    assert [said for text, said in shown.items() if cell_len(text) <= 78 < cell_len(said) - 6] == []


@pytest.mark.parametrize("code", OTHERS)
def test_titles_of_actions_fit_their_column(code: str) -> None:
    known = dict(pairs(code))
    assert [known[action.title] for action in ACTIONS if cell_len(known[action.title]) > TITLE] == []


@pytest.mark.parametrize(
    ("variables", "chosen"),
    [
        ({"LANGUAGE": "es"}, "es"),
        ({"LANGUAGE": "es_MX.UTF-8"}, "es"),
        ({"LANGUAGE": "xx:es:en"}, "es"),
        ({"LANGUAGE": "en:es"}, "en"),
        ({"LANGUAGE": "C", "LANG": "es_ES.UTF-8"}, "en"),
        ({"LC_ALL": "es_CO.UTF-8", "LANG": "en_US.UTF-8"}, "es"),
        ({"LC_MESSAGES": "es_ES@euro", "LANG": "en_US.UTF-8"}, "es"),
        ({"LANG": "es-AR"}, "es"),
        ({"LANG": "ja_JP.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], chosen: str) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert spoken() == chosen


def test_the_setting_goes_before_the_environment(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = own_folder / "config.toml"
    file.write_text('interface-language = "es"\n', encoding="utf-8")
    assert language.words("Undo") == "Deshacer"
    file.write_text('interface-language = "en"\n', encoding="utf-8")
    monkeypatch.setenv("LANGUAGE", "es")
    language.forget()
    assert language.words("Undo") == "Undo"
    file.write_text('interface-language = "auto"\n', encoding="utf-8")
    language.forget()
    assert language.words("Undo") == "Deshacer"
    assert load(own_folder).settings.interface_language == "auto"


@pytest.mark.parametrize("text", ["interface-language = ", "interface-language = 3\n", "\xff"])
def test_settings_that_cannot_be_read_leave_the_environment(own_folder: Path, text: str) -> None:
    (own_folder / "config.toml").write_bytes(text.encode("latin-1"))
    assert language.words("Undo") == "Undo"


def test_values_go_into_the_translation_of_their_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    path = "/tmp/{x} #5 is closed; check"
    assert language.translated(f"{path}: denied; name another file with --db.") == (
        f"{path}: denied; indicar otro archivo con --db."
    )
    assert language.translated(
        "#2: Amount: '$' may be several currencies; write its code, such as USD, MXN or EUR."
    ) == ("#2: Amount: '$' puede ser de varias monedas; escribir su código, como USD, MXN o EUR.")
    assert language.translated("#2: Nobody wrote: this.") == "#2: Nobody wrote: this."
    assert language.translated("Nobody wrote this sentence.") == "Nobody wrote this sentence."
    assert language.translated("") == ""
    assert language.piecewise("#12: replied, status solved, +status solved") == (
        "#12: respondido, estado resuelto, +status solved"
    )
    assert [language.counted("{n} reply", "{n} replies", n) for n in (0, 1, 2)] == [
        "{n} respuestas", "{n} respuesta", "{n} respuestas",
    ]  # fmt: skip


def test_english_needs_no_catalogue() -> None:
    code = "import sys; from tui.look.words import *; words('Undo'), counted('a', 'b', 2), translated('x'); "
    code += "raise SystemExit('gettext' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("due", [-9 * 86_400, -300, 0, 30, 7_300, 9 * 86_400, None])
def test_every_reason_of_next_up_is_translated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, due: int | None
) -> None:
    store = Store.open(fifteen_tickets(tmp_path / "desk.db"))
    row = store.tickets.row(1)
    assert row is not None
    row = replace(row, due_at=due, priority=Priority.URGENT, severity=Severity.S1, escalation_due=-5)
    english = [explain("mail", row, 0), explain("mail", replace(row, due_at=None), 0, promised_at=due)]
    monkeypatch.setenv("LANGUAGE", "es")
    language.forget()
    for reason in english:
        said = language.piecewise(reason)
        assert not re.search(r"\b(?:breach\w*|ago|in|days|priority|answer|promised|late|has|now)\b", said), said


@pytest.mark.parametrize(
    "command",
    [
        ("list", "--json", "--all"),
        ("report", "--json", "--since", "2026-01-01", "--until", "2026-02-01"),
        ("show", "1", "--json"),
    ],
)
def test_what_scripts_read_is_never_translated(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = fifteen_tickets(tmp_path / "desk.db")
    make_desk(Store.open(path))

    def shown(code: str) -> list[dict[str, object]]:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "--db", str(path), *command],
            capture_output=True, text=True, check=True, env=os.environ | {"LANGUAGE": code},
        )  # fmt: skip
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert shown("es") == shown("en")


def test_errors_of_the_command_line_are_translated(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--db", str(tmp_path / "none.db"), "list"],
        capture_output=True, text=True, check=False, env=os.environ | {"LANGUAGE": "es"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("tridesk: No hay archivo de mesa en ")


def test_help_and_usage_errors_are_translated(tmp_path: Path) -> None:
    def shown(*arguments: str) -> str:
        command = [sys.executable, "-m", "tui", *arguments]
        env = os.environ | {"LANGUAGE": "", "LANG": "es_ES.UTF-8", "COLUMNS": "80"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        return done.stdout + done.stderr

    assert "Responde a un ticket con TEXT" in shown("reply", "--help")
    assert "Empieza el turno" in shown("shift", "start", "--help")
    assert "Guarda el archivo" not in shown("--help")
    assert "Resuelve tickets, todos o ninguno." in shown("--help")
    assert "--mbox es para mensajes" in shown("export", "tickets", "--mbox")
    assert "Traceback" not in shown("reply")


def test_what_the_store_calls_by_our_words_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    assert [lane_title(lane) for lane in DEFAULT_LANES] == ["Correo", "App", "Seguridad"]
    assert lane_title(Lane("mail", "Safety", 0)) == "Safety"
    assert [subject_line(text) for text in ("", "(no subject)", "Hola\n")] == ["(sin asunto)", "(sin asunto)", "Hola"]
