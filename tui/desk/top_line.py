"""The top line: waiting replies, the state of mail and ticketing systems, and the cost of staying on a ticket."""

from __future__ import annotations

from data.records.outbox import OutboxState
from queues.remotes.links import links
from tui.accounts.link_line import link_line, pace_line
from tui.context.part import Part
from tui.lanes.deadline_bar import stay_line
from tui.reviews.notice import review_notice


class TopLine(Part):
    """Reads the values that the header shows."""

    def show(self) -> None:
        """Update the top line."""
        store, now = self.desk.store, self.desk.clock()
        counts, ways = store.outbox.counts(), links(store)
        leaves = store.outbox.next_leaves(now)
        self.desk.header.show(
            sum(counts.values()),
            None if leaves is None else leaves - now,
            counts.get(OutboxState.HELD, 0),
            doubted=counts.get(OutboxState.IN_DOUBT, 0),
            links=link_line(ways),
            paces=pace_line(ways, now),
            reviews=review_notice(store, self.desk.agent),
            suspended=store.tickets.suspended(),
            stay=stay_line(store, [pane.lane.name for pane in self.desk.panes], self.desk.view.ticket_id, now),
        )
