"""A stand-in of Chatwoot, for the suites of all connectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.chatwoot_double import ChatwootDouble
from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.system_worlds import WORDS, SystemWorld


class ChatwootWorld(SystemWorld):
    """A stand-in of Chatwoot, which keeps what it is told."""

    kind = "chatwoot"

    def __init__(self, double: ChatwootDouble, folder: Path, *, agent: str = "alice") -> None:
        token = f"token-of-{agent}" if f"token-of-{agent}" in double.tokens else double.add_agent(agent)
        super().__init__(DeskAtSystem(double.url, token, folder, agent=agent, kind="chatwoot"))
        self._double, self._folder, self.known_as = double, folder, f"{agent}@team.example"

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        return cls(request.getfixturevalue("chatwoot"), folder)

    def write(self) -> None:
        self._open(WORDS)

    def write_again(self) -> bool:
        self._double.write(int(self.refs[0]), "Ya está.")
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._open(words, name, content)
        return True

    def _open(self, words: str, name: str = "", content: bytes = b"") -> None:
        number = len(self.refs) + 1
        files = [self._double.file(name, content)] if name else []
        email = f"c{number}@clientes.example"
        self.refs.append(str(self._double.open(email, words, subject=f"Carta {number}", files=files)))

    def delivered(self) -> list[str]:
        return [str(one["content"]) for one in self._double.replies()]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        return [
            (name, content)
            for reply in self._double.replies()
            for name, content in map(self._double.stored, reply["attachments"])
        ]

    def field(self) -> str:
        return ""

    def restart(self) -> bool:
        return False

    def of_colleague(self, agent: str) -> SystemWorld:
        other = ChatwootWorld(self._double, self._folder, agent=agent)
        other.refs = self.refs
        return other


WORLD = ChatwootWorld
