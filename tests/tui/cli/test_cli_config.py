"""`tridesk config`: every value and its source, and an editor that leaves no file that cannot be used."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from data.errors import InputError
from tui.cli.main import run


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    (tmp_path / "tridesk").mkdir()
    return tmp_path / "tridesk" / "config.toml"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    try:
        code = run([*arguments, "--json"])
    except SystemExit as ended:
        code = int(ended.code or 0)
    captured = capsys.readouterr()
    return code, [json.loads(line) for line in captured.out.splitlines()], captured.err


def test_each_value_has_its_source(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('agent = "Ann"\n[lock]\nafter-minutes = 3\n[keys]\n"ticket.solve" = "f5"\n')
    code, rows, _ = said(capsys, "config", "explain")
    of = {str(row["setting"]): row for row in rows}
    assert code == 0
    assert of["agent"] == {"setting": "agent", "value": "Ann", "source": f"{file}, line 1", "line": 1}
    assert of["lock.after-minutes"]["source"] == f"{file}, line 3"
    assert of["keys.ticket.solve"]["value"] == "f5"
    assert of["undo-seconds"] == {"setting": "undo-seconds", "value": 10, "source": "default", "line": None}
    assert of["store"]["source"] == "TRIDESK_DB"


def test_one_setting_or_table_is_explained(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('[[account]]\nname = "a"\naddress = "a@b.c"\nprovider = "gmail"\n')
    _, (row,), _ = said(capsys, "config", "explain", "undo_seconds")
    assert (row["type"], row["default"], row["since"]) == ("a whole number from 0 to 300", "10", "0.2")
    _, rows, _ = said(capsys, "config", "explain", "lock")
    assert [row["setting"] for row in rows] == ["lock.after-minutes"]
    _, (row,), _ = said(capsys, "config", "explain", "account.address")
    assert row["written"] == [{"setting": "account.a.address", "value": "a@b.c", "line": 3}]
    run(["config", "explain", "account.address"])
    assert f'account.a.address = "a@b.c" ({file}, line 3)' in capsys.readouterr().out
    with pytest.raises(InputError, match=r"did you mean undo-seconds\?"):
        run(["config", "explain", "undo-second"])


@pytest.mark.parametrize("text", ["agnet = 1\n", "agent = ", "[[[", "\x00", "lane = 3\nkeys = 1"])
@pytest.mark.parametrize("command", [["config", "explain"], ["config", "check"], ["doctor"]])
def test_a_mistyped_file_keeps_no_command_about_it_from_running(
    file: Path, capsys: pytest.CaptureFixture[str], text: str, command: list[str]
) -> None:
    file.write_text(text)
    code, rows, err = said(capsys, *command)
    assert code == 1
    assert rows
    assert f"{file}, line 1, column " in err + "".join(str(row.get("detail")) for row in rows)


def test_every_finding_names_a_command(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('theme = "pink"\n[[lane]]\nname = "a"\nwrods = "x"\n')
    _, rows, _ = said(capsys, "doctor")
    wrong = [row for row in rows if not row["ok"]]
    assert {row["check"] for row in wrong} == {"theme", "lanes"}
    assert {row["mend"] for row in wrong} == {"tridesk config edit"}
    assert {row["mend"] for row in rows if row["ok"]} == {""}


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    script = folder / "editor.py"
    script.write_text(f"import sys\nopen(sys.argv[1], 'w').write({text!r})\n")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")


def test_the_editor_takes_over_only_what_can_be_used(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    editor(tmp_path, monkeypatch, 'agent = "Ann"')
    assert run(["config", "edit"]) == 0
    assert file.read_text() == 'agent = "Ann"\n'
    assert file.stat().st_mode & 0o777 == 0o600
    run(["config", "edit"])
    assert "Nothing was changed." in capsys.readouterr().out
    editor(tmp_path, monkeypatch, "agnet = 1")
    with pytest.raises(InputError, match="stays as it was"):
        run(["config", "edit"])
    assert file.read_text() == 'agent = "Ann"\n'
    assert "did you mean agent?" in capsys.readouterr().err


def test_a_file_that_is_not_toml_can_be_mended_in_the_editor(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"\xef\xbb\xbfagent = \r\n")
    editor(tmp_path, monkeypatch, 'agent = "Ann"')
    assert run(["config", "edit"]) == 0
    assert file.read_bytes() == b'\xef\xbb\xbfagent = "Ann"\r\n'
