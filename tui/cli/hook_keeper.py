"""Delivers to the hooks of a desk: a thread for each, so that a slow receiver keeps no other waiting."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.errors import DeskError, UnreachableError
from data.protocols import Clock
from data.records.customers import Customer
from data.records.hooks import Delivery
from data.records.tickets import Ticket
from data.store import Store
from data.tables.events import NO_TICKET
from queues.accounts.secrets import Keyed, SecretsAtHand, keyring_get
from queues.ground.roles import Right
from queues.hooks.deliver import Deliverer
from queues.hooks.forget import forget_hooks
from queues.hooks.hook import TEST, Hook
from tui.cli.common import ticket_keys
from tui.look.shown import revealing, shown_values
from tui.look.words import translated
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.open_desk import hooks, open_desk
from tui.setup.settings import Settings

_ROUND_SECONDS, _AGAIN_SECONDS = 1.0, 60.0
_ENDING_SECONDS = 2.0
"""How long the end of an attempt is waited for; one that is cut off is made again, under the same id."""


class HookKeeper:
    """Serves the hooks of a desk until stopped, or once."""

    def __init__(
        self, path: Path, settings: Settings, *, clock: Clock = wall_clock, tell: Callable[[str], object]
    ) -> None:
        """`tell` gets messages for the agent, in the hook's thread. The caller has the lock of `the_keeper`."""
        self._path, self._settings, self._clock, self._tell = path, settings, clock, tell
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start a thread for each hook."""
        try:
            wanted = hooks(self._settings)
        except DeskError as error:
            self._tell(f"{translated(error.title)}. {translated(error.message)}")
            return
        self._forget_gone()
        for hook in wanted:
            thread = threading.Thread(target=self._stay, args=(hook,), name=hook.login, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop every thread, between two attempts where that is soon."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_ENDING_SECONDS)

    def once(self) -> None:
        """Deliver what is due now. Raises InputError and RuleError."""
        wanted = hooks(self._settings)
        self._forget_gone()
        for hook in wanted:
            with self._serving(hook) as deliverer:
                while deliverer.work():
                    pass

    def _forget_gone(self) -> None:
        with closing(Store.open(self._path)) as store:
            forget_hooks(store, self._settings.hook)

    def _stay(self, hook: Hook) -> None:
        told = ""
        while not self._stop.is_set():
            try:
                with self._serving(hook) as deliverer:
                    while not self._stop.is_set():
                        if not deliverer.work(self._stop.is_set):
                            self._stop.wait(_ROUND_SECONDS)
            except DeskError as error:
                said = f"{hook.name}: {translated(error.title)}. {translated(error.message)}"
                if said != told:
                    self._tell(said)
                told = said
                self._stop.wait(_AGAIN_SECONDS)

    @contextmanager
    def _serving(self, hook: Hook) -> Iterator[Deliverer]:
        desk = open_desk(self._path, clock=self._clock, settings=self._settings)
        with closing(desk.store):
            standing = desk.store.hooks.get(hook.name)
            if hook.full:
                desk.access.require(Right.REVEAL)
                if standing is None or standing.target != hook.target:
                    desk.note_unmasked(NO_TICKET, (), "tridesk hooks", f"full = true in the hook {hook.name}")
            deliverer = Deliverer(
                desk.store, hook, live={remote.connector for remote in self._settings.remotes},
                undo_seconds=self._settings.undo_seconds, body=body_of(hook), secrets=hook_secrets, clock=self._clock,
                tell=lambda sentence: self._tell(translated(sentence)),
            )  # fmt: skip
            deliverer.begin()
            yield deliverer


def body_of(hook: Hook) -> Callable[[Delivery, Ticket | None, Customer | None], bytes]:
    """Return what writes the JSON of a delivery, masked unless the hook is to have everything."""

    def write(delivery: Delivery, ticket: Ticket | None, customer: Customer | None) -> bytes:
        facts = dict(delivery.facts)
        undone = {"undone": facts.pop("undone")} if "undone" in facts else {}  # ids, which are no one's data
        if "due" in facts:
            facts["due"] = iso(facts["due"])
        told = {**facts, "ticket": ticket_keys(ticket, customer) if ticket is not None else None}
        if hook.full:
            with revealing():
                told = shown_values(told)
        else:
            told = shown_values(told)
        return _packed(delivery.webhook_id, delivery.type, delivery.at, {**told, **undone})

    return write


def trial(hook: Hook, webhook_id: str, now: int) -> bytes:
    """Return the JSON of a trial."""
    return _packed(webhook_id, TEST, now, {"hook": hook.name})


def _packed(webhook_id: str, kind: str, at: int, data: dict[str, Any]) -> bytes:
    moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"id": webhook_id, "type": kind, "timestamp": moment, "data": data}).encode()


def hook_secrets(hook: Keyed) -> str:
    """Return the secret of a hook. Raises UnreachableError if it is not there."""
    if hook.secret != "keyring":
        return SecretsAtHand()(hook)
    if found := keyring_get(hook):
        return found
    raise UnreachableError(
        "No secret", f"The keyring has no secret of {hook.name}; give it with `tridesk hooks secret {hook.name}`."
    )
