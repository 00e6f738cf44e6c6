"""`tridesk take`, `assign`, `tag`, `pend`, `hold`, `snooze`, `close`, `reopen`, `spam`, `next`: a command for a key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError
from data.records.changes import Change
from data.records.tickets import Status
from tui.cli.acting import carry_out, tell
from tui.cli.common import acting, db_option, json_option, reveal_option, ticket_keys, write_json
from tui.cli.completing import TICKET, TICKET_OR_TAG
from tui.look.shown import safe_line
from tui.look.words import piecewise, words
from tui.setup.clock import wall_clock

if TYPE_CHECKING:
    from queues.desk.desk import Desk
    from queues.next_up.urgency import NextUp

_tickets = click.argument("ticket_ids", metavar="TICKET...", type=TICKET, nargs=-1, required=True)
_why = click.option("--reason", default="", help="Why a gate is overridden; kept with the event.")


@click.command()
@_tickets
@db_option
@json_option
def take(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Assign tickets to yourself, all or none."""
    with acting(db) as desk:
        tell(desk.act(ticket_ids, Change(assignee=desk.agent)), as_json)


@click.command()
@_tickets
@click.argument("agent")
@db_option
@json_option
def assign(ticket_ids: tuple[int, ...], agent: str, db: Path | None, as_json: bool) -> None:
    """Assign tickets to AGENT, or to no one with `-`; all or none."""
    carry_out(ticket_ids, Change(assignee="" if agent == "-" else agent.strip()), db, as_json)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("ticket_ids", metavar="TICKET... TAG...", type=TICKET_OR_TAG, nargs=-1, required=True)
@db_option
@json_option
def tag(ticket_ids: tuple[str, ...], db: Path | None, as_json: bool) -> None:
    """Add and remove tags, all or none: `tridesk tag 7 8 +refund -vip`."""
    tickets = [int(word) for word in ticket_ids if word.isascii() and word.isdigit()]
    tags = [word for word in ticket_ids if not (word.isascii() and word.isdigit())]
    remove = tuple(word[1:] for word in tags if word.startswith("-") and len(word) > 1)
    add = tuple(word.removeprefix("+") for word in tags if not word.startswith("-") and word != "+")
    if not tickets or not (add or remove):
        raise click.UsageError("Give the numbers of tickets, then tags: +refund -vip.")
    carry_out(tuple(tickets), Change(add_tags=add, remove_tags=remove), db, as_json)


@click.command()
@_tickets
@_why
@db_option
@json_option
def pend(ticket_ids: tuple[int, ...], reason: str, db: Path | None, as_json: bool) -> None:
    """Have tickets wait for the customer; all or none."""
    carry_out(ticket_ids, Change(status=Status.PENDING, override_reason=reason), db, as_json)


@click.command()
@_tickets
@_why
@db_option
@json_option
def hold(ticket_ids: tuple[int, ...], reason: str, db: Path | None, as_json: bool) -> None:
    """Have tickets wait for someone other than the customer; all or none."""
    carry_out(ticket_ids, Change(status=Status.ON_HOLD, override_reason=reason), db, as_json)


@click.command()
@_tickets
@click.argument("when")
@db_option
@json_option
def snooze(ticket_ids: tuple[int, ...], when: str, db: Path | None, as_json: bool) -> None:
    """Put tickets away until WHEN (3h, 2d, "tomorrow at 9", Monday), all or none; the answer says until when."""
    from tui.look.short_times import moment
    from tui.look.written_values import iso
    from tui.setup.open_desk import zone_named
    from tui.setup.settings import load

    until = moment_of(when)
    with acting(db) as desk:
        done = desk.act(ticket_ids, Change(snooze_until=until))
        tell(done, as_json, until=iso(until) if as_json else moment(until, zone_named(load().settings.time_zone)))


def moment_of(when: str) -> int:
    """Return the moment that an agent names, such as `tomorrow at 9`. Raises InputError if it is none."""
    from queues.clocks.time_words import EXAMPLES
    from tui.look.short_times import later
    from tui.setup.open_desk import zone_named
    from tui.setup.settings import load

    until = later(when, wall_clock(), zone_named(load().settings.time_zone))
    if until is None:
        raise InputError("Not a time", f"{safe_line(when)!r} is not a time; use a form such as: {EXAMPLES}.")
    return until


@click.command()
@_tickets
@_why
@db_option
@json_option
def close(ticket_ids: tuple[int, ...], reason: str, db: Path | None, as_json: bool) -> None:
    """Close tickets, all or none; they count as solved, and `reopen` takes them back."""
    carry_out(ticket_ids, Change(status=Status.CLOSED, override_reason=reason), db, as_json)


@click.command()
@_tickets
@db_option
@json_option
def reopen(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Reopen solved or closed tickets and accept suspended ones; all or none."""
    carry_out(ticket_ids, Change(status=Status.OPEN), db, as_json)


@click.command()
@_tickets
@db_option
@json_option
def spam(ticket_ids: tuple[int, ...], db: Path | None, as_json: bool) -> None:
    """Suspend tickets as spam, all or none; `reopen` takes one back."""
    carry_out(ticket_ids, Change(status=Status.SUSPENDED, add_tags=("spam",)), db, as_json)


@click.command("next")
@click.option("--instead-of", type=TICKET, metavar="TICKET", help="Pass this ticket over, for a reason that is kept.")
@click.option("--reason", default="", help="Why it is passed over.")
@reveal_option()
@db_option
@json_option
def next_(instead_of: int | None, reason: str, db: Path | None, as_json: bool) -> None:
    """Show the most urgent ticket of all lanes and why, as the key `.` does."""
    if bool(instead_of) != bool(reason.strip()):
        raise click.UsageError("--instead-of and --reason go together.")
    with acting(db) as desk:
        offered = offered_ticket(desk, desk.next_up() if instead_of is None else desk.skip(instead_of, reason))
        if offered is None:
            if not as_json:
                click.echo(words("Nothing waits."), err=True)
        elif as_json:
            write_json(offered)
        else:
            click.echo(f"#{offered['id']} {safe_line(offered['subject'])}\n{safe_line(piecewise(offered['why']))}")


def offered_ticket(desk: Desk, choice: NextUp | None) -> dict[str, Any] | None:
    """Return the ticket that is offered, and why, under the keys that scripts know; None where nothing waits."""
    ticket = desk.store.tickets.get(choice.ticket_id) if choice is not None else None
    if choice is None or ticket is None:
        return None
    return {**ticket_keys(ticket, desk.store.customers.get(ticket.customer_id)), "why": choice.why}
