"""A ticket's state in Zendesk, and which of the settings' queues holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.errors import ConnectorError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import RemoteTicket
from queues.connectors.zendesk_names import Json, Names, address


class Tickets:
    """Reads tickets as the desk knows them."""

    def __init__(self, tracker: Tracker, names: Names) -> None:
        self._tracker, self._names = tracker, names

    def know(self, results: Sequence[Json]) -> None:
        """Look up at once whom these tickets name, and which of them are in the settings' views."""
        people = [row.get(name) for row in results for name in ("requester_id", "assignee_id")]
        self._names.know([*people, *(who for row in results for who in _copied(row))])
        views = [name for kind, name in map(_kind, self._tracker.queues) if kind == "view"]
        if results and views:
            self._names.look_into(views)

    def queue(self, row: Json) -> str | None:
        """Return which of the settings' queues holds a ticket; its group where none is named, None if none does."""
        names, group = self._names, self._names.group(row.get("group_id"))
        if not self._tracker.queues:
            return group
        for queue in self._tracker.queues:
            kind, name = _kind(queue)
            if (
                (kind == "group" and name == group)
                or (kind == "brand" and name == names.brand(row.get("brand_id")))
                or (kind == "view" and names.in_view(name, int(row["id"])))
            ):
                return queue
        return None

    def remote(self, item: Json) -> RemoteTicket:
        """Return a ticket as the desk knows it."""
        names = self._names
        people = [address(names.user(who)) for who in (item.get("requester_id"), *_copied(item))]
        fields = {names.field(row.get("id")): row.get("value") for row in item.get("custom_fields") or []}
        status = str(item.get("status") or "")
        closed = status in ("closed", "deleted")
        return RemoteTicket(
            ref=str(item["id"]),
            status=status if closed else names.own_status(item.get("custom_status_id")) or status,
            owner=names.called(item.get("assignee_id")),
            queue=self.queue(item) or "",
            subject=str(item.get("subject") or item.get("raw_subject") or ""),
            requestor=address(names.user(item.get("requester_id"))),
            people=frozenset(who for who in people if who) if people[0] else frozenset(),
            fields=frozenset(fields),
            language=str(fields.get(self._tracker.fields.language) or ""),
            like=status,
            tags=frozenset(map(str, item.get("tags") or [])),
            version=str(item.get("updated_at") or ""),
        )

    def check_queues(self, place: str, me: str) -> None:
        """Look for each of the settings' queues. Raises ConnectorError with the names that there are."""
        for queue in self._tracker.queues:
            kind, name = _kind(queue)
            known = self._names.names(f"{kind}s")
            if name not in known:
                raise ConnectorError(
                    "No such queue",
                    f"{place} has no {kind} {name!r} that {me} can see; it has {', '.join(sorted(known)) or 'none'}.",
                )


def _copied(item: Json) -> list[Any]:
    """Return who gets replies besides the requester: the CCs, or the collaborators where an account has CCs turned off.

    The followers are among the collaborators where it has them turned on, and are agents.
    """
    followers = item.get("follower_ids") or []
    return item.get("email_cc_ids") or [who for who in item.get("collaborator_ids") or [] if who not in followers]


def _kind(queue: str) -> tuple[str, str]:
    """Return whether a queue of the settings is a `group`, `brand` or `view`, and its name."""
    kind, colon, name = queue.partition(":")
    return (kind, name) if colon and kind in ("group", "brand", "view") else ("group", queue)
