"""What all ticketing systems have alike in the contract suite; `tests/servers/worlds/` has a file for each kind."""

from __future__ import annotations

import pkgutil
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Protocol
from unittest.mock import patch

import pytest

from data.errors import DoubtError
from data.records.changes import Change
from data.records.messages import Message
from data.records.tickets import Ticket
from data.store import Store
from queues.connectors.base import Capability, Offered, RemoteReply, TicketSystem, connector_class
from tests.servers.connector_worlds import Handles, World
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.front import Front

FIELD = "Macro"
WORDS = "Hola, ¿me ayudan con la factura?"


class SystemWorld(Handles, World, ABC):
    """A ticketing system with a desk at it."""

    kind: ClassVar[str]
    is_real: ClassVar[bool] = False
    """It is a server of its own that takes its time: its tests are those of `make trackers`."""
    over_http: ClassVar[bool] = True
    has_faults: ClassVar[bool] = True
    """It is tried in the fault suite; False where its faults have tests of their own."""
    capabilities: frozenset[Capability]
    desk: DeskAtSystem

    def __init__(self, desk: DeskAtSystem) -> None:
        self.desk, self.path, self.refs = desk, desk.path, list[str]()
        self.capabilities = connector_class(self.kind).capabilities

    @classmethod
    @abstractmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        """Return a fresh one, with a desk in `folder`; where it is shared, `customers` ends this test's addresses."""

    def sync(self) -> None:
        self.desk.once()

    def act(self, ticket: int, change: Change) -> None:
        self.desk.act(ticket, change)

    def close(self) -> None:
        self.desk.stop()

    def colleague(self) -> World | None:
        return self.of_colleague("bruno")

    def before_the_last_byte(self, work: Callable[[], object]) -> AbstractContextManager[None]:
        """Do something when the first reply lacks nothing but its last byte."""
        return self._at_first_offer(work, lambda: None)

    def lost_answer(self) -> AbstractContextManager[None]:
        """Have the system take the first reply, and its answer never come."""

        def lost() -> None:
            raise DoubtError("In doubt", "The answer was lost by the test.")

        return self._at_first_offer(lambda: None, lost)

    def gone_before_the_answer(self) -> AbstractContextManager[None]:
        """Have the first reply taken, its answer never come, and the system gone when it is asked again."""
        pytest.skip("does not ask again")

    @contextmanager
    def gone(self) -> Iterator[Callable[[], None]]:
        """Have the system out of reach until what is yielded is called."""
        with Front(self.desk.tracker.url) as front:
            self.desk.go_by(front.url)
            front.gone()
            yield front.back

    @contextmanager
    def _at_first_offer(self, before: Callable[[], object], after: Callable[[], object]) -> Iterator[None]:
        """Do something around the `finish` of the connector's first offer."""
        connector = connector_class(self.kind)
        offer, offers = connector.offer, list[Offered]()

        def offered(system: Any, reply: RemoteReply) -> Offered:
            made: Offered = offer(system, reply)
            offers.append(made)
            return _Watched(made, before, after) if len(offers) == 1 else made

        with patch.object(connector, "offer", offered):
            yield

    @abstractmethod
    def restart(self) -> bool:
        """Kill the system in the middle of whatever it does and start it again; False where that cannot be."""

    @abstractmethod
    def of_colleague(self, agent: str) -> SystemWorld:
        """Return the desk of another agent."""

    def connector(self) -> TicketSystem:
        """Return our connector alone."""
        made: TicketSystem = connector_class(self.desk.tracker.kind)(self.desk.tracker, self.desk.secret)
        return made

    def messages_of(self, ticket: Ticket) -> list[Message]:
        """Return a ticket's messages here."""
        with closing(Store.open(self.path)) as store:
            return store.messages.of(ticket.id)

    @abstractmethod
    def field(self) -> str:
        """Return what the first ticket's field for the macro holds there; without fields there, nothing."""


class RealServer(Protocol):
    """A server of its own, with the customers of all tests of a run."""

    def start(self) -> None: ...

    def stop(self, how: signal.Signals = ...) -> None: ...


class RealWorld(SystemWorld):
    """A desk at a real server, which other tests of the run leave their tickets in."""

    is_real = True
    server_fixture: ClassVar[str]
    """The fixture of the server, which serves the whole run."""
    desk_at: ClassVar[Callable[..., DeskAtSystem]]
    """Makes the desk of an agent, from a server, a folder, `agent` and what `settings` returns."""

    def __init__(self, server: Any, folder: Path, customers: str, *, agent: str = "alice") -> None:
        super().__init__(type(self).desk_at(server, folder, agent=agent, **self.settings(customers)))
        self._server, self._folder, self._customers, self.known_as = server, folder, customers, agent
        self.desk.once()  # what others left there

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        return cls(request.getfixturevalue(cls.server_fixture), folder, customers)

    @staticmethod
    def settings(customers: str) -> dict[str, object]:
        """Return what the desk's settings have besides, for a test with these customers."""
        return {}

    def tickets(self) -> list[Ticket]:
        with closing(Store.open(self.path)) as store:
            mine = {one.ticket_id for one in store.messages.each() if one.from_address.endswith(self._customers)}
            return [one for one in store.tickets.each() if one.id in mine]

    def restart(self) -> bool:
        server: RealServer = self._server
        try:
            server.stop(signal.SIGKILL)
        finally:
            server.start()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = type(self)(self._server, self._folder, self._customers, agent=agent)
        other.refs = self.refs
        return other


class _Watched:
    """An offer around whose completion something happens."""

    def __init__(self, offer: Offered, before: Callable[[], object], after: Callable[[], object]) -> None:
        self._offer, self._before, self._after = offer, before, after

    def finish(self) -> object:
        self._before()
        answer = self._offer.finish()
        self._after()
        return answer

    def drop(self) -> None:
        self._offer.drop()


@cache
def worlds() -> Mapping[str, type[SystemWorld]]:
    """Return the world of each kind of ticketing system, from the files of `tests/servers/worlds/`."""
    folder = Path(__file__).with_name("worlds")
    modules = (import_module(f"tests.servers.worlds.{item.name}") for item in pkgutil.iter_modules([str(folder)]))
    return {module.WORLD.kind: module.WORLD for module in modules}
