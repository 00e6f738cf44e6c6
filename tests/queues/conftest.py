"""One world for each connector: the suites that take `world` are run once for each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from queues.connectors.base import CONNECTORS, connector_class
from tests.servers.connector_worlds import LocalWorld, MailWorld, World
from tests.servers.system_worlds import RoundupWorld, SystemWorld, TeamWorld, TrackerWorld, ZendeskWorld

_REAL = ("rt", "roundup")
_numbers = count(1)


def _made(name: str, request: pytest.FixtureRequest, folder: Path) -> World:
    customers = f"contract{next(_numbers)}@clientes.example"
    match name:
        case "demo" | "files":
            return LocalWorld(folder, name)
        case "email":
            stack = request.getfixturevalue("mail_stack")
            return MailWorld(stack, folder, stack.add_user(f"desk{900 + next(_numbers)}")[0])
        case "rt":
            return TrackerWorld(request.getfixturevalue("request_tracker"), folder, customers)
        case "roundup":
            return RoundupWorld(request.getfixturevalue("roundup"), folder, customers)
        case "zendesk":
            return ZendeskWorld(request.getfixturevalue("zendesk"), folder)
        case "team":
            return TeamWorld(request.getfixturevalue("team"), folder)
    pytest.fail(f"the connector {name} has no world in tests/servers")


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.trackers) if name in _REAL else name for name in sorted(CONNECTORS)]
)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Yield each connector with a desk at it."""
    made = _made(request.param, request, tmp_path)
    assert connector_class(request.param).capabilities == made.capabilities
    yield made
    made.close()


_WEB = ("rt", "roundup", "zendesk")


def _system(request: pytest.FixtureRequest, folder: Path) -> Iterator[SystemWorld]:
    made = _made(request.param, request, folder)
    assert isinstance(made, SystemWorld)
    yield made
    made.close()


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.trackers) for name in (*_WEB, "team")])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SystemWorld]:
    """Yield each ticketing system with a desk at it."""
    yield from _system(request, tmp_path)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.trackers) for name in _WEB])
def web_system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SystemWorld]:
    """Yield each ticketing system that is reached over HTTP, with a desk at it."""
    yield from _system(request, tmp_path)
