"""What the commands share: the file option, JSON lines, and times as people and scripts read them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from data.errors import InputError
from data.records.customers import Customer
from data.records.escalations import Escalation
from data.records.messages import Attachment
from data.records.tickets import Ticket
from data.store import Store
from tui.look.shown import revealing, safe_line, shown_values
from tui.look.written_values import iso
from tui.setup.settings import store_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from queues.desk.desk import Desk

Command = TypeVar("Command", bound=Callable[..., Any])

NUMBER = click.IntRange(1, 2**53)
"""The number of a ticket, a message or the like, within SQLite's integer range."""
_REASON = "tridesk.reveal"
"""Where the reason to show confidential data is kept between option and `reading`."""
_RECORDED = "tridesk.reveal.recorded"
_NOT_FOR_A_TERMINAL = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")


def db_option(command: Command) -> Command:
    """Add `--db FILE`; without it the group's option or `TRIDESK_DB` applies."""
    option = click.option("--db", type=click.Path(path_type=Path), default=None, help="The desk file.")
    return option(command)


def chosen(db: Path | None) -> Path:
    """Return the file that the command works on."""
    group = click.get_current_context().find_root().obj
    return db or (group if isinstance(group, Path) else None) or store_path()


def attachment_keys(part: Attachment) -> dict[str, Any]:
    """Return an attachment under the fixed keys of the export."""
    return {
        "filename": part.filename,
        "content_type": part.content_type,
        "size": part.size,
        "sha256": part.sha256,
        "inline": part.inline,
    }


def reveal_option(name: str = "--reveal") -> Callable[[Command], Command]:
    """Add the option that shows confidential data unmasked, for a reason that `reading` records."""

    def keep(ctx: click.Context, _: click.Parameter, reason: str | None) -> None:
        if reason is not None and not reason.strip():
            raise click.UsageError(f"{name} needs a reason: who asked for it, and why.")
        ctx.meta[_REASON] = reason

    return click.option(
        name, metavar="REASON", callback=keep, expose_value=False, envvar="TRIDESK_REVEAL",
        help="Show confidential data unmasked; recorded with your reason.",
    )  # fmt: skip


def is_revealed() -> bool:
    """Return whether the command was given a reason to show confidential data."""
    return click.get_current_context().meta.get(_REASON) is not None


@contextmanager
def reading(db: Path | None, ticket_id: int = 0) -> Iterator[Store]:
    """Open the store of the command for reading; it must exist. Raises StoreError.

    Confidential data is masked in what the command writes, unless its `reveal_option` gave a reason: then that is
    recorded, with the ticket that the command is about.
    """
    if _reason() is not None:
        with acting(db, ticket_id) as desk:
            yield desk.store
        return
    with closing(Store.open(chosen(db), create=False)) as store:
        yield store


@contextmanager
def acting(db: Path | None, ticket_id: int = 0) -> Iterator[Desk]:
    """Open the desk of the command; its file must exist. Raises StoreError and InputError.

    What the command writes is masked as in `reading`.
    """
    from tui.setup.open_desk import open_desk

    desk = open_desk(chosen(db), create=False)
    with closing(desk.store):
        reason = _reason()
        if reason is None:
            yield desk
            return
        meta = click.get_current_context().meta
        if not meta.get(_RECORDED):  # a command may open its desk twice
            known = ticket_id if desk.store.tickets.get(ticket_id) is not None else 0
            desk.note_unmasked(known, (), f"tridesk {_name()}", reason)
            meta[_RECORDED] = True
        with revealing():
            yield desk


def the_ticket(store: Store, ticket_id: int) -> Ticket:
    """Return the ticket of this number. Raises InputError if there is none."""
    ticket = store.tickets.get(ticket_id)
    if ticket is None:
        raise InputError("No such ticket", f"There is no ticket #{ticket_id}; `tridesk list --all` shows the numbers.")
    return ticket


def _reason() -> str | None:
    context = click.get_current_context(silent=True)
    return context.meta.get(_REASON) if context is not None else None


def _name() -> str:
    """Return the command's name as it is typed, without the program's."""
    return click.get_current_context().command_path.partition(" ")[2]


def write_json(values: dict[str, Any], *, as_given: bool = False) -> None:
    """Write one JSON line, what is confidential masked; `as_given` is for what the caller passed in or configured."""
    values = values if as_given else shown_values(values)
    # A lone surrogate (a file name's odd byte) has no UTF-8; backslashreplace writes it as its JSON escape
    line = json.dumps(values, ensure_ascii=False)
    click.echo((for_a_terminal(line) if sys.stdout.isatty() else line).encode("utf-8", "backslashreplace"))


def for_a_terminal(line: str) -> str:
    """Return a line of JSON with what could drive a terminal, reorder the line or hide as JSON's own escapes."""
    return _NOT_FOR_A_TERMINAL.sub(lambda match: json.dumps(match[0])[1:-1], line)


def ticket_keys(ticket: Ticket, customer: Customer | None) -> dict[str, Any]:
    """Return a ticket under the keys that scripts know."""
    return {
        "id": ticket.id,
        "lane": ticket.lane,
        "status": ticket.status,
        "priority": ticket.priority,
        "severity": ticket.severity,
        "language": ticket.language,
        "language_source": ticket.language_source,
        "register": customer.register if customer else "",
        "region": customer.region if customer else "",
        "assignee": ticket.assignee,
        "tags": list(ticket.tags),
        "fields": dict(ticket.fields),
        "subject": ticket.subject,
        "customer": customer.name if customer else "",
        "created": iso(ticket.created_at),
        "updated": iso(ticket.updated_at),
        "first_due": iso(ticket.first_due),
        "next_due": iso(ticket.next_due),
        "resolve_due": iso(ticket.resolve_due),
    }


def ticket_line(ticket: Ticket, customer: Customer | None) -> str:
    """Return a ticket as one readable line; foreign text is made safe."""
    name = safe_line(customer.name if customer else "")
    due = iso(ticket.due_at) or "-"
    stand = f"#{ticket.id:<6} {ticket.lane or 'no lane':<7} {ticket.status:<8} {ticket.language:<4} {due:<21}"
    return f"{stand} {name[:20]:<20} {safe_line(ticket.subject)}"


def escalation_keys(escalation: Escalation, now: int) -> dict[str, Any]:
    """Return an escalation under the keys that scripts know."""
    return {
        "escalation": escalation.label,
        "ticket": escalation.ticket_id,
        "team": escalation.team,
        "state": escalation.state,
        "reason": escalation.reason,
        "reference": escalation.reference,
        "opened": iso(escalation.opened_at),
        "opened_by": escalation.opened_by,
        "due": iso(escalation.due_at),
        "overdue": escalation.is_overdue(now),
        "answered": iso(escalation.settled_at),
        "mailed_to": escalation.address,
    }


def escalation_line(escalation: Escalation, now: int) -> str:
    """Return an escalation as one readable line; foreign text is made safe."""
    state = "overdue" if escalation.is_overdue(now) else escalation.state
    stand = f"{escalation.label:<6} #{escalation.ticket_id:<6} {state:<9} {iso(escalation.due_at) or '-':<21}"
    return f"{stand} {safe_line(escalation.team)[:24]:<24} {safe_line(escalation.reason)}"
