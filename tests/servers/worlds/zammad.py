"""A stand-in of Zammad, for the suites of all connectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.hosted_double import words_of
from tests.servers.system_worlds import FIELD, WORDS, SystemWorld
from tests.servers.zammad_double import ZammadDouble

GROUP = 2


class ZammadWorld(SystemWorld):
    """A stand-in of Zammad, which keeps what it is told."""

    kind = "zammad"

    def __init__(self, double: ZammadDouble, folder: Path, *, agent: str = "alice") -> None:
        token = f"token-of-{agent}" if f"token-of-{agent}" in double.tokens else double.add_agent(agent)
        double.state.attributes[FIELD.lower()] = FIELD
        super().__init__(DeskAtSystem(double.url, token, folder, agent=agent, kind=self.kind))
        self._double, self._folder, self.known_as = double, folder, f"{agent}@team.example"

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        return cls(request.getfixturevalue("zammad"), folder)

    def write(self) -> None:
        self._open(WORDS)

    def write_again(self) -> bool:
        self._double.state.write(int(self.refs[0]), "Ya está.")
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._open(words, [(name, "image/png", content)])
        return True

    def _open(self, words: str, files: list[tuple[str, str, bytes]] | None = None) -> None:
        state, number = self._double.state, len(self.refs) + 1
        customer = state.add_user(f"Cliente {number}", f"c{number}@clientes.example")
        self.refs.append(str(state.open(customer, f"Carta {number}", words, group=GROUP, files=files or [])))

    def delivered(self) -> list[str]:
        replies = self._double.state.replies()
        return [words_of(one["body"]) if "html" in one["content_type"] else str(one["body"]) for one in replies]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        state = self._double.state
        attached = [one for reply in state.replies() for one in reply["attachments"]]
        return [(one["filename"], state.files[one["id"]]) for one in attached]

    def field(self) -> str:
        return str(self._double.state.tickets[int(self.refs[0])][FIELD.lower()] or "")

    def restart(self) -> bool:
        self._double.restart()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = ZammadWorld(self._double, self._folder, agent=agent)
        other.refs = self.refs
        return other


WORLD = ZammadWorld
