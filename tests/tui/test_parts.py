"""The desk is made of parts: none inherits from another, and where several take a turn the listed order holds."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import tui
from tests.tui.playing import fifteen_tickets, play, press, settled
from tui.app import DeskApp
from tui.context.hooks import Hooks, MacroWish
from tui.context.part import Part


def our_classes() -> Iterator[type]:
    for found in pkgutil.walk_packages(tui.__path__, "tui."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        yield from (one for one in vars(module).values() if isinstance(one, type) and one.__module__ == found.name)


def above(one: type) -> list[str]:
    return [base.__name__ for base in one.__mro__[1:] if base.__module__.startswith("tui.")]


def test_no_class_has_more_than_two_of_our_own_above_it() -> None:
    towers = {one.__name__: above(one) for one in our_classes() if len(above(one)) > 2}
    assert towers == {}


def test_a_part_inherits_from_nothing_but_the_base() -> None:
    parts = [one for one in our_classes() if issubclass(one, Part) and one is not Part]
    assert len(parts) > 20
    assert {one.__name__: one.__bases__ for one in parts if one.__bases__ != (Part,)} == {}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fifteen_tickets(tmp_path / "desk.db")


def test_every_part_that_there_is_stands_in_the_list(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        there = {one for one in our_classes() if issubclass(one, Part) and one is not Part}
        assert {type(part) for part in app.parts.all} == there

    play(path, script)


def test_each_kind_of_message_has_exactly_one_part_that_answers_it(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        kinds = [kind for part in app.parts.all for kind in part.messages()]
        assert len(kinds) == len(set(kinds))

    play(path, script)


AT_ANY_TIME = ("timers", "is_reading", "is_writing", "on_header", "on_layout", "on_glance")
"""Hooks that the clock, any change of the focus or another ticket in sight calls."""


def spied(hooks: Hooks, called: list[str]) -> Hooks:
    """The same hooks, each of which writes down its name first."""

    def spy(hook: Callable[..., object]) -> Callable[..., object]:
        def noted(*given: object) -> object:
            called.append(hook.__qualname__)
            return hook(*given)

        return noted

    names = [field.name for field in fields(hooks) if field.name not in AT_ANY_TIME]
    spies: dict[str, Any] = {name: tuple(map(spy, getattr(hooks, name))) for name in names}
    return replace(hooks, **spies)


def names_of(*hooks: tuple[Callable[..., object], ...]) -> list[str]:
    return [hook.__qualname__ for several in hooks for hook in several]


def test_hooks_run_in_the_listed_order(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        listed, called = app.desk.hooks, list[str]()
        app.desk.hooks = spied(listed, called)

        app.desk.refresh_lanes()
        assert called == names_of(listed.before_refresh, listed.on_refresh)

        called.clear()
        await press(pilot, app, "enter")
        assert called == names_of(listed.on_ticket_shown, listed.on_lane_shown, listed.on_ticket_opened)

        called.clear()
        ticket = app.desk.ticket()
        assert ticket is not None
        app.parts.replies.preview_macro(ticket, "general/closing-thanks")
        assert called == names_of(listed.before_preview)
        await settled(pilot, app)
        await press(pilot, app, "escape")

        called.clear()
        await press(pilot, app, "escape", "escape")
        tried = names_of(listed.go_back)
        closes = tried.index("Movement.close_ticket") + 1
        back = [name for name in called if name in tried]
        assert back == tried[:closes] + tried

        called.clear()
        assert await app.parts.quit.all_kept()
        assert called == names_of(listed.before_quitting)

    play(path, script)


def test_a_turn_before_the_preview_can_go_another_way(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        taken: list[str] = []

        def keeps(wish: MacroWish, go_on: Callable[[MacroWish], None]) -> None:
            taken.append(wish.name)

        def never(wish: MacroWish, go_on: Callable[[MacroWish], None]) -> None:
            pytest.fail("the turn before did not let it go on")

        app.desk.hooks = replace(app.desk.hooks, before_preview=(keeps, never))
        await press(pilot, app, "enter")
        ticket = app.desk.ticket()
        assert ticket is not None
        app.parts.replies.preview_macro(ticket, "general/closing-thanks")
        assert taken == ["general/closing-thanks"]
        await settled(pilot, app)
        assert app.screen is app.desk.screen

    play(path, script)
