"""Which drafts are reported to the team as being written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from data.store import Store
from queues.connectors.team import Attending
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.remotes.team_presence import WRITING_SECONDS, Presence
from tests.tui.playing import NOW, incoming


class Mirror:
    """A mirror whose system has every ticket of the desk."""

    name = "team:help"

    def __init__(self, desk: Desk) -> None:
        self.desk, self.store, self.now = desk, desk.store, NOW

    def clock(self) -> int:
        return self.now

    def ticket(self, number: int) -> Any:
        ticket = self.store.tickets.get(number)
        return replace(ticket, external_ref=str(number)) if ticket is not None else None


class Team:
    """Keeps what it was told last."""

    attended: list[str] | None = None

    def attend(self, refs: list[str]) -> None:
        self.attended = refs

    def look_at(self, refs: list[str]) -> None:
        """Only what is written on counts here."""

    def attending(self) -> Attending:
        return Attending({}, {})


def test_a_draft_is_reported_once_an_agent_writes_on_it(tmp_path: Path) -> None:
    desk = Desk(Store.open(tmp_path / "desk.db"), clock=lambda: NOW, rules=DeskRules(), agent="alice")
    desk.receive([replace(incoming(number, "Hi", "mail"), at=NOW) for number in (1, 2)])
    mirror, team = Mirror(desk), Team()
    presence = Presence(cast("Any", mirror), cast("Any", team))
    draft = desk.propose_draft(1, "Words of an assistant", by="assistant")
    desk.save_draft(2, "mine", revision=0)
    presence.exchange()
    assert team.attended == ["2"], "no one writes where an assistant has drafted"
    desk.save_draft(1, "Words of an assistant, and mine", revision=draft.revision, proposed=draft.proposed)
    presence.exchange()
    assert team.attended == ["1", "2"]
    mirror.now += WRITING_SECONDS + 1
    presence.exchange()
    assert team.attended == []
