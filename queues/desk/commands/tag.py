"""Adding and removing tags."""

from __future__ import annotations

from data.records.changes import Change
from queues.desk.commands.command import Command, TicketChange


class Tag(Command):
    """Changes the tags, starting from those that another command may have set."""

    def asked(self, change: Change) -> bool:
        """The change adds or removes tags."""
        return bool(change.add_tags or change.remove_tags)

    def write(self, work: TicketChange) -> None:
        """Set the remaining tags, then the new tags, without duplicates."""
        tags = work.fields.get("tags", work.ticket.tags)
        remaining = [tag for tag in tags if tag not in work.change.remove_tags]
        work.fields["tags"] = tuple(dict.fromkeys((*remaining, *work.change.add_tags)))

    def describe(self, change: Change) -> str:
        """Return the tags with `+` and `-`."""
        return " ".join([*(f"+{tag}" for tag in change.add_tags), *(f"-{tag}" for tag in change.remove_tags)])
