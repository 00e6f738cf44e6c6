"""What windows say of themselves and what is known of colleagues ends by itself."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from data.store import Store
from queues.ground.presence import COLLEAGUES, LOOKING, Present, by_colleague, looked_at, present, say_looking


def test_a_window_that_dies_looks_at_nothing_after_its_minute(tmp_path: Path) -> None:
    now = 1_800_000_000
    with closing(Store.open(tmp_path / "desk.db")) as store, store.write():
        say_looking(store, "dead", "alice", 5, now=now, until=now + 60)
        say_looking(store, "other", "eva", 6, now=now, until=now + 60)
        assert (looked_at(store, "alice", now + 59), looked_at(store, "alice", now + 60)) == ({5}, set())
        say_looking(store, "live", "alice", 7, now=now + 60, until=now + 120)
        assert looked_at(store, "alice", now + 60) == {7}
        assert len(store.settings.get(LOOKING)) == 1  # what has ended is not kept


def test_colleagues_of_two_teams_are_joined_and_who_writes_is_not_named_twice(tmp_path: Path) -> None:
    now = 1_800_000_000
    teams = {
        "team:a": {"until": now + 5, "writing": {"1": ["bruno"]}, "looking": {"1": ["bruno", "eva"], "2": ["bruno"]}},
        "team:b": {"until": now + 9, "writing": {}, "looking": {"1": ["carla", "eva"]}},
    }
    with closing(Store.open(tmp_path / "desk.db")) as store:
        with store.write():
            store.settings.save(COLLEAGUES, teams)
        assert present(store, now) == {1: Present(("bruno",), ("eva", "carla")), 2: Present((), ("bruno",))}
        assert present(store, now + 5) == {1: Present((), ("carla", "eva"))}
        assert present(store, now + 9) == {}
        assert by_colleague(present(store, now))["bruno"] == ((1,), (2,))
