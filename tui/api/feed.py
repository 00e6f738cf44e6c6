"""What has happened on the desk after a cursor: events by number, which are given in the order of the commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.errors import ConflictError
from tui.cli.event_log import event_keys
from tui.setup.clock import wall_clock
from tui.ticket.history_lines import lines_of_events

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from tui.api.request_values import ChangesAsked


def changes_after(desk: Desk, asked: ChangesAsked) -> dict[str, Any]:
    """Return the events after the cursor, and the next cursor; without a cursor none, and where to begin.

    Raises ConflictError if the file was restored since: its events have the numbers of others then.
    """
    store = desk.store
    restored = store.events.last_restored().at
    if asked.after is None:
        return {"items": [], "cursor": f"{restored}.{store.events.newest()}"}
    of_file, _, after = asked.after.partition(".")
    if int(of_file) != restored:
        raise ConflictError(
            "Desk restored", "The desk was restored from a backup since; read it again, and begin without `after`."
        )
    events = store.events.after(int(after), asked.limit)
    lines = lines_of_events(store, events, desk.agent, wall_clock())
    items = [event_keys(line) | {"ticket": event.ticket_id or None} for event, line in zip(events, lines, strict=True)]
    return {"items": items, "cursor": f"{restored}.{events[-1].id}" if events else asked.after}
