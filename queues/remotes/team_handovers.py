"""Hand-overs on their way between the desks of a team: each is a note that says for other desks what it means."""

from __future__ import annotations

from data.records.handovers import HandoverState
from queues.connectors.base import Happened
from queues.remotes.tracker_mirror import Mirror

_STATE, _TO = "handover", "to"


def about(mirror: Mirror, note: int) -> dict[str, str]:
    """Return what a note of ours says of a hand-over, by the names that agents have there; nothing for others."""
    said = mirror.store.handovers.said_by(note)
    if said is None:
        return {}
    state, addressee = said
    return {_STATE: str(state)} | ({_TO: mirror.there(addressee)} if addressee else {})


def take_in(mirror: Mirror, event: Happened) -> None:
    """Note what a colleague's note says of a hand-over; a state that this version does not know is only a note."""
    own = mirror.store.messages.of_content(mirror.hash(event.number))
    if own is None or event.about.get(_STATE) not in set(HandoverState):
        return
    said, to = HandoverState(event.about[_STATE]), mirror.here(event.about.get(_TO, ""))
    if said is not HandoverState.OPEN or to:
        mirror.desk.note_handover(own, mirror.here(event.author), said, to)
