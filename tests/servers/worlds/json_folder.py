"""A folder of JSON tickets, the worked example of a connector, for the suites of all connectors."""

from __future__ import annotations

import base64
import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers.desk_at_tracker import DeskAtSystem
from tests.servers.system_worlds import FIELD, WORDS, SystemWorld


class JsonFolderWorld(SystemWorld):
    """A folder; customers write as any other program would."""

    kind = "json-folder"
    over_http = False

    def __init__(self, tickets: Path, folder: Path, *, agent: str = "alice") -> None:
        super().__init__(DeskAtSystem(str(tickets), "", folder, agent=agent, kind="json-folder", user=agent))
        self._tickets, self._folder, self.known_as = tickets, folder, agent

    @classmethod
    def made(cls, request: pytest.FixtureRequest, folder: Path, customers: str) -> SystemWorld:
        tickets = folder / "shared"
        (tickets / "tickets").mkdir(parents=True)
        (tickets / "changes").touch()
        return cls(tickets, folder)

    def write(self) -> None:
        self._open(WORDS)

    def write_what(self, words: str, name: str, content: bytes) -> bool:
        self._open(words, [{"name": name, "type": "image/png", "base64": base64.b64encode(content).decode()}])
        return True

    def write_again(self) -> bool:
        with self._locked():
            ticket = self._ticket(self.refs[0])
            ticket["messages"].append(_message(ticket["requester"], "Ya está."))
            self._save(self.refs[0], ticket)
        return True

    def _open(self, words: str, files: list[dict[str, str]] | None = None) -> None:
        with self._locked():
            number = str(len(list(self._tickets.glob("tickets/*.json"))) + 1)
            customer = f"c{number}@clientes.example"
            self._save(number, {
                "subject": f"Carta {number}", "requester": customer, "status": "new", "owner": "", "queue": "Soporte",
                "tags": [], "fields": {FIELD: ""}, "messages": [_message(customer, words, files)],
            })  # fmt: skip
        self.refs.append(number)

    def delivered(self) -> list[str]:
        return [str(message["text"]) for message in self._replies()]

    def files_delivered(self) -> list[tuple[str, bytes]]:
        files = [file for message in self._replies() for file in message["files"]]
        return [(file["name"], base64.b64decode(file["base64"])) for file in files]

    def field(self) -> str:
        return str(self._ticket(self.refs[0])["fields"][FIELD])

    def restart(self) -> bool:
        return False

    def of_colleague(self, agent: str) -> SystemWorld:
        other = JsonFolderWorld(self._tickets, self._folder, agent=agent)
        other.refs = self.refs
        return other

    @contextmanager
    def gone(self) -> Iterator[Callable[[], None]]:
        away = self._tickets.with_name("unmounted")
        self._tickets.rename(away)
        yield lambda: [away.rename(self._tickets)].clear()

    def _replies(self) -> list[dict[str, Any]]:
        messages = [message for ref in self.refs for message in self._ticket(ref)["messages"]]
        return [message for message in messages if message["direction"] == "out"]

    def _ticket(self, ref: str) -> dict[str, Any]:
        ticket: dict[str, Any] = json.loads((self._tickets / f"tickets/{ref}.json").read_text(encoding="utf-8"))
        return ticket

    def _save(self, ref: str, ticket: dict[str, Any]) -> None:
        with open(self._tickets / "changes", "a", encoding="utf-8") as changes:
            changes.write(f"{ref}\n")
        part = self._tickets / f"tickets/{ref}.new"
        part.write_text(json.dumps(ticket | {"changed_by": ticket["requester"]}), encoding="utf-8")
        part.rename(self._tickets / f"tickets/{ref}.json")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(self._tickets / "lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _message(sender: str, words: str, files: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"from": sender, "at": 1_790_000_000, "direction": "in", "text": words, "mark": "", "files": files or []}


WORLD = JsonFolderWorld
