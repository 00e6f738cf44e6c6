"""The words to other teams: every template that comes along can be used, the own ones go over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.tickets import Priority, Status, Ticket
from macros.files.library import Library
from queues.ground.teams import Team
from tui.deciding import escalation_text
from tui.deciding.escalation_text import FOLDER, HandingOver

TICKET = Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "Where is it", 1, 0, 0, language="en")
BUILT_IN = Path(escalation_text.__file__).parents[2] / "macros" / FOLDER


def words(own: Path, team: Team, **asked: str) -> str:
    escalation = Escalation(team.name, **asked)  # type: ignore[arg-type]
    done = HandingOver(own).escalation(escalation, TICKET, Customer(1, "Ana"), known=(team,), agent="Eva", now=0)
    return done.note


def test_every_template_that_comes_along_is_accepted() -> None:
    library = Library(BUILT_IN)
    library.refresh()
    assert library.refused() == []
    assert "hand-over" in {macro.name for macro in library}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", [path.stem for path in sorted(BUILT_IN.glob("*.j2"))])
def test_a_template_leaves_no_hole_and_prints_what_was_given(tmp_path: Path, template: str, language: str) -> None:
    team = Team("QA", template=template, language=language)
    assert "{{" not in words(tmp_path, team)
    told = words(tmp_path, team, reason="it broke", reference="Q-9")
    assert "it broke" in told
    assert "Q-9" in told
    assert "#7" in told or "n.º 7" in told


def test_a_team_finds_its_template_by_its_name_and_an_own_one_goes_first(tmp_path: Path) -> None:
    assert "wrong hands" in words(tmp_path, Team("Security response"))
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "security-response.j2").write_text("Look at {{ ticket.id }}.")
    assert words(tmp_path, Team("Security response")) == "Look at 7."


def test_words_that_were_given_stay(tmp_path: Path) -> None:
    assert words(tmp_path, Team("QA"), note="As we said.") == "As we said."


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'nope'"):
        words(tmp_path, Team("QA", template="nope"))
