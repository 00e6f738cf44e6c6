"""Keeps the developer's own machine out of the screen tests, and lets a test be a coroutine."""

from __future__ import annotations

import asyncio
import inspect
from contextvars import ContextVar
from pathlib import Path

import pytest

from tests.tui.playing import fifteen_made


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture(scope="session", autouse=True)
def _desk_made_first() -> None:
    """The tests' desk is made once; under a test's own clock or rules it would be another one for all after it."""
    fifteen_made()


@pytest.fixture(autouse=True)
def _own_places(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home: Path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))  # one for all: it saves time
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TRIDESK_DB", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is installed beside the tests would load for a second in each of them."""
    monkeypatch.setattr("macros.suggesting.semantic.PACKAGE", "no_such_package")


@pytest.fixture(autouse=True)
def _unmasked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests about other things read the addresses that they wrote; the marker `masked` shows what users see.

    Programs that a test starts mask, whatever the marker.
    """
    if request.node.get_closest_marker("masked") is None:
        monkeypatch.setattr("tui.look.shown._REVEALED", ContextVar("revealed", default=True))
