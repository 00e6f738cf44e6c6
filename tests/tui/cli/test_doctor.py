"""`tridesk doctor` finds whatever the desk would refuse at its start, each thing with its file."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import DeskError
from data.records.outbox import RemoteMail
from data.store import Store
from tui.cli.main import run
from tui.keys.keymap import keymap_from
from tui.look.theme import theme_name
from tui.setup.open_desk import open_desk
from tui.setup.settings import load

SETTINGS = {
    "unknown setting": "undo-second = 3",
    "no such zone": 'time-zone = "Mars/Base"',
    "no such preset": 'preset = "nope"',
    "no such key": '[keys]\n"ticket.solve" = "hyperspace"',
    "no such action": '[keys]\n"ticket.slove" = "x"',
    "keys that clash": '[keys]\n"ticket.solve" = "p"',
    "no such theme": 'theme = "pink"',
    "two lanes of one name": '[[lane]]\nname = "a"\n[[lane]]\nname = "a"',
    "a lane that takes nothing": '[[lane]]\nname = "a"\nwords = []',
    "no such key of a lane": '[[lane]]\nname = "a"\nwrods = ["x"]',
    "two lanes that take the same": '[[lane]]\nname = "a"\ntags = "x"\n[[lane]]\nname = "b"\ntags = "x"',
    "no such set of words": '[[lane]]\nname = "a"\nwords = "<nothing>"',
    "no span of time": '[[policy]]\nname = "x"\nfirst-reply = "soon"',
    "no such calendar": '[[policy]]\nname = "x"\nfirst-reply = "4h"\ncalendar = "nowhere"',
    "no calendar": '[calendar.office]\ntime-zone = "Mars/Base"',
    "two teams of one name": '[[team]]\nname = "Legal"\n[[team]]\nname = "Legal"',
    "a server's name with its results": (
        '[[account]]\nname = "a"\naddress = "a@b.example"\nprovider = "gmail"\nauthserv-ids = ["mx; spf=pass"]'
    ),
    "no account": '[[account]]\nname = "a"\naddress = "nobody"',
}
FILES = {
    "routing.toml": '[[rule]]\nname = "a"\nthen = { lane = "nowhere" }\n',
    "procedures/own.toml": "id = ",
    "macros/crash/own.j2": "+++\ntitle = 3\n+++\nHello",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "desk.db"))
    made = tmp_path / "config" / "tridesk"
    made.mkdir(parents=True)
    return made


def starts(path: Path) -> None:
    """Read what the screen reads at its start. Raises DeskError for what it refuses."""
    settings = load().settings
    keymap_from(settings.keys, settings.preset)
    theme_name(settings.theme)
    open_desk(path, settings=settings).store.close()


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    code = 0
    try:
        code = run(["doctor", "--json"])
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_sound_desk_is_told_as_sound(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starts(tmp_path / "desk.db")
    code, told = checked(capsys)
    assert (code, [one for one in told if not one["ok"]]) == (0, [])


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_the_desk_refuses_are_found(
    folder: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.toml").write_text(SETTINGS[name])
    with pytest.raises(DeskError) as refused:
        starts(tmp_path / "desk.db")
    code, told = checked(capsys)
    wrong = [str(one["detail"]) for one in told if not one["ok"]]
    assert code == 1
    assert any(refused.value.message.removeprefix("config.toml: ") in line for line in wrong), wrong
    assert "config.toml" in wrong[0]


@pytest.mark.parametrize("name", FILES)
def test_files_that_the_desk_does_not_take_are_found(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FILES[name])
    code, told = checked(capsys)
    (wrong,) = [one for one in told if not one["ok"]]
    assert (code, f"{path}, line " in str(wrong["detail"])) == (1, True), wrong


def test_every_problem_has_a_line_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config.toml").write_text(SETTINGS["no such theme"] + "\n" + SETTINGS["two lanes of one name"])
    (folder / "procedures").mkdir()
    for name in ("one", "two"):
        (folder / "procedures" / f"{name}.toml").write_text("id = ")
    _, told = checked(capsys)
    assert {str(one["check"]) for one in told if not one["ok"]} == {"theme", "lanes", "procedures"}
    assert [one["check"] for one in told if not one["ok"]].count("procedures") == 2


def test_a_rule_that_names_a_procedure_that_is_not_there_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "routing.toml").write_text('[[rule]]\nname = "a"\nthen = { lane = "mail", procedure = "gone" }\n')
    code, told = checked(capsys)
    assert code == 1
    assert "'gone'" in next(str(one["detail"]) for one in told if not one["ok"])


def test_a_damaged_file_is_told_without_advice_that_nobody_can_follow(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "desk.db"
    Store.open(path).close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    code, told = checked(capsys)
    assert (code, told[0]["ok"]) == (1, False)
    assert "restore --salvage" in str(told[0]["detail"])


def test_what_names_a_lane_that_is_not_there_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config.toml").write_text(
        '[[lane]]\nname = "bugs"\nwords = "bug"\n[[policy]]\nname = "fast"\nfirst-reply = "1h"\nlanes = ["mail"]\n'
        '[exposure]\nlanes = ["dark", "bugs"]'
    )
    code, told = checked(capsys)
    details = [str(one["detail"]) for one in told if not one["ok"]]
    assert code == 1
    assert details == [
        "the policy fast: there is no lane 'mail'; the lanes are bugs",
        "lanes under [exposure]: there is no lane 'dark'; the lanes are bugs",
    ]


def test_a_desk_whose_lanes_leave_something_out_is_sound_but_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.toml").write_text('[[lane]]\nname = "bugs"\nwords = "bug"')
    _, told = checked(capsys)
    (lanes,) = [str(one["detail"]) for one in told if one["check"] == "lanes"]
    assert lanes == (
        "bugs; none has harm = true, so harm goes to bugs; each has a filter, so what fits none is in no lane"
    )


def test_config_check_looks_at_the_settings_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config.toml").write_text('[[lane]]\nname = "bugs"\nwrods = "bug"')
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run(["config", "check"])
    out = capsys.readouterr().out
    assert (ended.value.code, "did you mean words?" in out, "routing" in out) == (1, True, False)


def test_sender_checks_are_compared_with_the_newest_mails(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = (
        '[[account]]\nname = "post"\naddress = "help@ours.example"\nimap = { host = "h" }\nsmtp = { host = "h" }\n'
    )
    raw = b"Authentication-Results: MX.ours.example 1; spf=pass\r\nAuthentication-Results: x; spf=pass\r\n\r\nHi"
    with closing(Store.open(tmp_path / "desk.db")) as store, store.write():
        store.remote.keep(RemoteMail("email:post", "INBOX", 1, 1, store.messages.keep_raw(raw, "uid=1", 0), 0))

    def said(setting: str) -> tuple[object, object]:
        (folder / "config.toml").write_text(account + setting)
        (check,) = [one for one in checked(capsys)[1] if one["check"] == "sender checks"]
        return check["ok"], check["detail"]

    assert said("") == (
        True,
        "post: the topmost header is believed; if mx.ours.example is your server, name it in authserv-ids",
    )
    assert said('authserv-ids = ["MX.ours.example"]') == (True, "post: mx.ours.example")
    sound, detail = said('authserv-ids = ["mx.else.example"]')
    assert not sound
    assert "signed by mx.else.example, but by mx.ours.example" in str(detail)


def test_the_extras_are_listed_installed_or_not(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import PackageNotFoundError

    def found(name: str) -> None:
        if name != "here":
            raise PackageNotFoundError(name)

    lines = ["click>=8", "here>=1; extra == 'api'", "here; extra == 'mcp'", 'gone>=2 ; extra == "mcp"',
             "gone; extra == 'dev'"]  # fmt: skip
    monkeypatch.setattr("tui.cli.doctor.requires", lambda _: lines)
    monkeypatch.setattr("tui.cli.doctor.distribution", found)
    run(["doctor", "--json"])
    (extras,) = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if line["check"] == "extras"]
    assert extras["detail"] == "api installed; not installed: mcp (tridesk[NAME])"
    assert extras["ok"]
