"""Every problem of a settings file has its place, what was expected and what was probably meant."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from tui.keys.start_settings import keymap_of, theme_of
from tui.setup.effective_settings import effective, written_rows
from tui.setup.open_desk import desk_rules, lanes
from tui.setup.setting_facts import EXAMPLE
from tui.setup.settings import Settings, load, problems
from tui.setup.toml_places import line_and_column, places

WRONG = [
    ("agnet = 'x'", "1:1", "'agnet' is not a setting here; did you mean agent?"),
    ("# a\n\nundo_seconds = 3", "3:1", "did you mean undo-seconds?"),
    ("undo-seconds = 'soon'", "1:1", "undo-seconds is 'soon'; expected a whole number from 0 to 300."),
    ("undo-seconds = '30'", "1:1", "write 30 without quotes."),
    ("undo-seconds = true", "1:1", "is true; expected a whole number"),
    ("agent = 3", "1:1", "agent is 3; expected text in quotes; write it in quotes."),
    ("agent = ", "1:9", "invalid value"),
    ("a = [", "1:6", "invalid value"),
    ("mouse = 'true'", "1:1", "write true without quotes."),
    ("after-minutes = 3", "1:1", "it belongs under [lock]."),
    ("[lock]\nagent = 'x'", "2:1", "it belongs above the first table."),
    ("lock = 3", "1:1", "write it as a table"),
    ("register = 'ustd'", "1:1", 'did you mean "usted"?'),
    ("register = 'vosotros'", "1:1", 'expected one of "tu", "usted", "vos".'),
    (
        "[roles]\nann = 'agnet'",
        "2:1",
        'roles.ann is \'agnet\'; expected one of "agent", "lead", "reader"; did you mean',
    ),
    ("own-addresses = 'a@b.c'", "1:1", "write it in [ ]."),
    ("team = 'x'", "1:1", "under a header in [[ ]]"),
    ("[[team]]\naddress = 'x'", "1:1", "team 1 has no name; add it."),
    ("[exposure]\nnever-wait = ['S0',\n 'S9']", "3:2", 'expected one of "S0"'),
    ("[languages]\nes = -1", "2:1", "languages.es is -1; expected a number from 0 up."),
    ("[suggestions]\nsure = 2", "2:1", "a number above 0 and at most 1"),
    ("[csat]\nlink = 'x'", "2:1", "{token}"),
    ("[[retention]]\ndays = 3\nkind = 'x'", "3:1", "use one of mail"),
    ("time-zone = 'Mars/Base'", "1:1", "Europe/Madrid"),
    ("[[account]]\nname = 'a'\naddress = 'nobody'", "3:1", "name@domain"),
    ("[[hook]]\nname = 'a'\nevents = ['ticket.solvd']\nurl = 'https://x.example/'", "3:1", "known are ticket.received"),
    ("[[hook]]\nname = 'a b'\nevents = ['*']\nurl = 'https://x.example/'", "1:1", "letters, digits, dots and dashes"),
    ("[[hook]]\nname = 'a'\nevents = []\nurl = 'https://x.example/'", "3:1", "or * for all"),
    ("[[hook]]\nname = 'a'\nevents = ['*']", "1:1", "write one of them"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://x.example'\ncommand = ['x']", "4:1", "not both"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\ncommand = ['', 'x']", "4:1", "write the program first"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\ncommand = 'ls -l'", "4:1", "write it in [ ]."),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'http://x.example/'", "4:1", "without TLS; write https://"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://me:pw@x.example/'", "4:1", "has a login in it"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://x.example/#a'", "4:1", "after #"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'ftp://x.example/'", "4:1", "write it as https://host/path"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://[half'", "4:1", "write it as https://host/path"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://x.example/'\nsecret = 'whsec_AA=='", "5:1", "write keyring"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://x.example/'\nsecret = 'ask'", "5:1", "env:NAME"),
    ("[[hook]]\nname = 'a'\nevents = ['*']\nurl = 'https://x.example/'\ntimeout = 61", "5:1", "from 1 to 60"),
    (
        "[[hook]]\nname = 'a'\nevents = ['*']\ncommand = ['x']\n[[hook]]\nname = 'a'\nevents = ['*']\ncommand = ['x']",
        "5:1",
        "rename one",
    ),
    (
        "[[account]]\nname='a'\naddress='a@b.c'\nprovider='gmail'\n[[account]]\nname='a'\naddress='b@b.c'\nprovider='gmail'",
        "5:1",
        "Two accounts",
    ),
    ("[[account]]\nname='a'\naddress='a@b.c'\nimap = { host = 'h', prot = 1 }", "4:22", "did you mean port?"),
]


@pytest.mark.parametrize(("text", "place", "said"), WRONG)
def test_a_problem_names_place_expectation_and_what_was_meant(text: str, place: str, said: str) -> None:
    problem = problems(text)[0]
    assert f"{problem.line}:{problem.column}" == place
    assert said in problem.sentence


def test_every_problem_is_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "\ufeffagnet = 1\r\nundo-seconds = 400\r\n[lock]\r\nafter-minutes = 'x'\r\n"
    (tmp_path / "config.toml").write_bytes(text.encode())
    state = effective(tmp_path)
    assert [problem.line for problem in state.problems] == [1, 2, 4]
    with pytest.raises(InputError, match=r"config\.toml, line 1, column 1: .* lists 2 more"):
        load(tmp_path)


def test_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'\xef\xbb\xbfagent = "Zo\xc3\xab"\r\n[lock]\r\nafter-minutes = 7\r\n')
    settings = load(tmp_path).settings
    assert (settings.agent, settings.lock.after_minutes) == ("Zoë", 7)
    assert effective(tmp_path).line("lock.after-minutes") == 3


def test_what_can_be_understood_holds_whatever_else_is_wrong(tmp_path: Path) -> None:
    text = 'agent = "Ann"\nagnet = 1\n[lock]\nafter-minutes = "x"\n[[team]]\nname = "Legal"\n[[team]]\ndue = "1d"\n'
    (tmp_path / "config.toml").write_text(text)
    state = effective(tmp_path)
    assert (state.value("agent"), state.line("agent")) == ("Ann", 1)
    assert (state.value("lock.after-minutes"), state.line("lock.after-minutes")) == (5, None)
    assert list(written_rows(state)) == [("team.Legal.name", "Legal", 6)]


LATER = [
    ('[[lane]]\nname = "a"\n[[lane]]\nname = "b"\nwrods = "x"', "line 5, column 1"),
    ('[[lane]]\nname = "a"\n\n[[lane]]\nname = "a"', "line 4, column 1"),
    ('[[policy]]\nname = "x"\nfirst-reply = "soon"', "line 3, column 1"),
    ('[[policy]]\nname = "x"\ncalendar = "nowhere"', "line 3, column 1"),
    ('[calendar.office]\nmonday = ["9"]', "line 1, column 1"),
    ('[[team]]\nname = "Legal"\n[[team]]\nname = "Legal"', "line 3, column 1"),
    ('agent = "a"\npreset = "nope"', "line 2, column 1"),
    ('[keys]\n"ticket.take" = "f9"\n"ticket.slove" = "x"', "line 3, column 1"),
    ('agent = "a"\ntheme = "pink"', "line 2, column 1"),
]


@pytest.mark.parametrize(("text", "place"), LATER)
def test_what_the_desk_refuses_at_its_start_has_a_place_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, place: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tridesk").mkdir()
    (tmp_path / "tridesk" / "config.toml").write_text(text)
    settings = load().settings
    with pytest.raises(InputError, match=rf"config\.toml, {place}: "):
        (keymap_of(settings), theme_of(settings), lanes(settings), desk_rules(settings))


def test_a_name_stands_where_it_is_written() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for path, offset in places(text).items():
        if isinstance(path[-1], str):
            line, column = line_and_column(text, offset)
            assert text.splitlines()[line - 1][column - 1] in f'"[{path[-1][0]}'


_KEYS = st.sampled_from(["a", "b-c", '"d e"', "'f'", "g.h"])
_VALUES = st.recursive(
    st.sampled_from(["1", '"x # [y]"', "'z'", '"""\n[t]\nk = 1"""', "2026-01-01", "true", "'''\n'a''''"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ",\n ".join(items) + "]")
        | inner.map(lambda value: "{ q = " + value.replace("\n", " ") + " }")
    ),
    max_leaves=4,
)


@given(st.lists(st.tuples(st.sampled_from(["", "[t]", "[[u]]", "[u.v]"]), _KEYS, _VALUES), max_size=6))
def test_every_path_of_a_valid_text_is_placed(lines: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{header}\n{key} = {value} # c\n" for header, key, value in lines)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    known = places(text)

    def walk(value: object, path: tuple[str | int, ...]) -> None:
        items = (
            list(value.items())
            if isinstance(value, dict)
            else list(enumerate(value))
            if isinstance(value, list)
            else []
        )
        for step, below in items:
            assert (*path, step) in known
            walk(below, (*path, step))

    walk(content, ())


@given(st.text(max_size=80) | st.sampled_from([text for text, *_ in WRONG + LATER]))
def test_there_are_problems_exactly_where_the_settings_are_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "judged"
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_bytes(text.encode("utf-8", "replace"))
    read = (folder / "config.toml").read_text(encoding="utf-8-sig")
    try:
        load(folder)
    except InputError:
        assert problems(read)
    else:
        assert problems(read) == []
    assert isinstance(effective(folder).value("undo-seconds"), int)
    assert Settings()
