from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from queues.next_up.graphic_content import Exposure
from tui.setup.open_desk import exposure
from tui.setup.screen_settings import Ways, ways_of
from tui.setup.settings import Settings, load, store_path


def written(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert found.settings == Settings()
    assert not found.exists


def test_what_is_written_holds(tmp_path: Path) -> None:
    text = 'agent = "Zoë"\nundo-seconds = 20\npreset = "arrows"\n[keys]\n"ticket.solve" = "f5"\n'
    settings = load(written(tmp_path, text)).settings
    assert settings == Settings(agent="Zoë", undo_seconds=20, preset="arrows", keys={"ticket.solve": "f5"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("agnet = 'x'", "agnet"),
        ("undo-seconds = 'soon'", "undo-seconds"),
        ("undo-seconds = 301", "301"),
        ("agent = ", "config.toml"),
    ],
)
def test_a_wrong_file_is_told_by_name_and_place(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InputError, match=named) as told:
        load(written(tmp_path, text))
    assert str(tmp_path) in told.value.message


@given(st.binary(max_size=200))
def test_no_file_ends_in_anything_but_settings_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_bytes(content)
    try:
        found = load(folder).exists
    except InputError:
        found = True
    assert found


def test_the_environment_names_the_desk_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert store_path().name == "desk.db"
    monkeypatch.setenv("TRIDESK_DB", str(tmp_path / "other.db"))
    assert store_path() == tmp_path / "other.db"


def test_the_house_register_is_tu_vos_or_usted(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('register = "tu"\n')
    assert load(tmp_path).settings.register == "tu"
    file.write_text('register = "vosotros"\n')
    with pytest.raises(InputError, match="register"):
        load(tmp_path)


def test_shares_of_languages_are_not_negative(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[languages]\nes = -0.1\n")
    with pytest.raises(InputError, match="expected a number from 0 up"):
        load(tmp_path)


def test_what_is_graphic_and_how_shifts_go_is_read(tmp_path: Path) -> None:
    text = """
[next-up]
ask-why = false
reasons = ["lunch"]
count-picks = false
[exposure]
topics = []
lanes = ["dark"]
severities = ["S1"]
light-between = 2
never-wait = ["S0"]
[shift]
away-hours = 1
"""
    settings = load(written(tmp_path, text)).settings
    wanted = Exposure(
        frozenset(), frozenset({"abusive", "graphic"}), frozenset({"dark"}), frozenset({"S1"}), 2, frozenset({"S0"})
    )
    assert exposure(settings) == wanted
    assert ways_of(settings) == Ways(wanted, False, ("lunch",), True, False, 3600, letter=True, lock_seconds=300)
    assert not ways_of(settings, empty=True).offers_shift
    assert ways_of(settings, demo=True).begins_shift
    with pytest.raises(InputError, match="light-between"):
        load(written(tmp_path, "[exposure]\nlight-between = -1\n"))


def test_the_least_probability_of_a_suggestion_is_between_nothing_and_one(tmp_path: Path) -> None:
    assert load(written(tmp_path, "[suggestions]\nsure = 0.75\n")).settings.suggestions.sure == 0.75
    for wrong in ("0", "-0.5", "1.1", "60"):
        with pytest.raises(InputError, match=r"suggestions\.sure"):
            load(written(tmp_path, f"[suggestions]\nsure = {wrong}\n"))
