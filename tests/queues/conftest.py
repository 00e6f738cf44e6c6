"""One world for each connector: the suites that take `world` are run once for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest

from queues.accounts.kinds import kinds
from queues.connectors.base import CONNECTORS, connector_class
from tests.servers.connector_worlds import LocalWorld, MailWorld, World
from tests.servers.example_package import installed
from tests.servers.system_worlds import SystemWorld, worlds

with installed():
    _SYSTEMS = kinds()
_numbers = count(1)


def _made(name: str, request: pytest.FixtureRequest, folder: Path) -> World:
    customers = f"contract{next(_numbers)}@clientes.example"
    if name == "email":
        stack = request.getfixturevalue("mail_stack")
        return MailWorld(stack, folder, stack.add_user(f"desk{900 + next(_numbers)}")[0])
    if name in CONNECTORS:
        return LocalWorld(folder, name)
    if name not in worlds():
        pytest.fail(f"the connector {name} has no world in tests/servers/worlds")
    return worlds()[name].made(request, folder, customers)


def _params(names: Iterable[str], *, slow: bool = False) -> list[object]:
    real = {name for name, world in worlds().items() if world.is_real}
    return [pytest.param(name, marks=pytest.mark.trackers) if slow or name in real else name for name in names]


@pytest.fixture
def example() -> Iterator[None]:
    """Have the worked example of a connector installed."""
    with installed():
        yield


@pytest.fixture(params=_params(sorted([*CONNECTORS, *_SYSTEMS])))
def world(request: pytest.FixtureRequest, example: None, tmp_path: Path) -> Iterator[World]:
    """Yield each connector with a desk at it."""
    made = _made(request.param, request, tmp_path)
    assert connector_class(request.param).capabilities == made.capabilities
    yield made
    made.close()


def _system(request: pytest.FixtureRequest, folder: Path) -> Iterator[SystemWorld]:
    made = _made(request.param, request, folder)
    assert isinstance(made, SystemWorld)
    yield made
    made.close()


@pytest.fixture(params=_params(_SYSTEMS, slow=True))
def system(request: pytest.FixtureRequest, example: None, tmp_path: Path) -> Iterator[SystemWorld]:
    """Yield each ticketing system with a desk at it."""
    yield from _system(request, tmp_path)


@pytest.fixture(params=_params((name for name in _SYSTEMS if worlds()[name].has_faults), slow=True))
def failing_system(request: pytest.FixtureRequest, example: None, tmp_path: Path) -> Iterator[SystemWorld]:
    """Yield each ticketing system that is tried in the fault suite, with a desk at it."""
    yield from _system(request, tmp_path)
