"""A stand-in of Freshdesk, for the suites of all connectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.freshdesk_double import FreshdeskDouble
from tests.servers.hosted_double import File, words_of
from tests.servers.system_worlds import FIELD, WORDS, SystemWorld

GROUP = 8
FIELD_NAME = f"cf_{FIELD.lower()}"


class FreshdeskWorld(SystemWorld):
    """A stand-in of Freshdesk, which keeps what it is told."""

    kind = "freshdesk"

    def __init__(self, double: FreshdeskDouble, folder: Path, *, agent: str = "alice") -> None:
        key = f"key-of-{agent}" if f"key-of-{agent}" in double.keys else double.add_agent(agent)
        double.state.fields[FIELD_NAME] = FIELD
        super().__init__(DeskAtSystem(double.url, key, folder, agent=agent, kind=self.kind, file_hosts=("localhost",)))
        self._double, self._folder, self.known_as = double, folder, f"{agent}@team.example"

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        return cls(request.getfixturevalue("freshdesk"), folder)

    def write(self) -> None:
        self._open(WORDS)

    def write_again(self) -> bool:
        self._double.state.write(int(self.refs[0]), "Ya está.")
        return True

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._open(words, File(name, "image/png", content))
        return True

    def _open(self, words: str, *files: File) -> None:
        state, number = self._double.state, len(self.refs) + 1
        customer = state.add_contact(f"Cliente {number}", f"c{number}@clientes.example")
        self.refs.append(str(state.open(customer, f"Carta {number}", words, files=files, group_id=GROUP)))

    def delivered(self) -> list[str]:
        return [words_of(one["body"]) for one in self._double.state.replies()]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        state = self._double.state
        files = [state.files[one["id"]] for reply in state.replies() for one in reply["attachments"]]
        return [(file.name, file.content) for file in files]

    def field(self) -> str:
        return str(self._double.state.tickets[int(self.refs[0])]["custom_fields"][FIELD_NAME] or "")

    def restart(self) -> bool:
        self._double.restart()
        return True

    def of_colleague(self, agent: str) -> SystemWorld:
        other = FreshdeskWorld(self._double, self._folder, agent=agent)
        other.refs = self.refs
        return other


WORLD = FreshdeskWorld
