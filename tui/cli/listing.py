"""`tridesk list`, `show` and `search`: the desk for scripts, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.records.changes import Event
from data.records.messages import Message
from data.records.promises import GivenPromise
from data.records.ratings import Rating
from data.records.tickets import ACTIVE, Status, Ticket
from data.search.field_conditions import fits, wrong_limit
from data.store import Store
from queues.figures.ticket_figures import TicketFigures, figures_of
from queues.ground.field_values import defined
from queues.ground.presence import Present, present
from tui.cli.common import (
    NUMBER,
    db_option,
    escalation_keys,
    escalation_line,
    json_option,
    reading,
    reveal_option,
    the_ticket,
    ticket_keys,
    ticket_line,
    write_json,
)
from tui.cli.completing import LANE, TICKET
from tui.look.shown import is_revealing, safe_line, safe_text
from tui.look.words import words
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.settings import load
from tui.ticket.event_line import aside_line
from tui.ticket.field_lines import field_lines
from tui.ticket.figures_line import figures_line
from tui.ticket.presence_words import presence_words
from tui.ticket.sign_line import sign_line

_ASIDES = ("skipped", "picked", "revealed", "delivered")
"""Kinds of events that `show` lists beside the conversation."""


@click.command("list")
@db_option
@reveal_option()
@click.option("--lane", type=LANE, help="Only this lane; none for tickets in no lane.")
@click.option(
    "--status", type=click.Choice([str(status) for status in Status]), help="Only this status (else new and open)."
)
@click.option("--field", metavar="NAME=VALUE", help="Only with this value of a custom field; `*`, `>100` work too.")
@click.option("--all", "everything", is_flag=True, help="Whatever the status.")
@click.option("--limit", type=NUMBER, default=100, show_default=True)
@json_option
def list_(
    db: Path | None,
    lane: str | None,
    status: str | None,
    field: str | None,
    everything: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List tickets in the order in which `tridesk next` and the key `.` offer them; with --all or --status, by number.

    What another team holds comes last, with the team; `tridesk next` skips it until the team is late. Tickets that fit
    no lane are listed too; `--lane none` lists only those.
    """
    with reading(db) as store:
        if as_json:
            for values in listed(store, lane=lane, status=status, field=field, everything=everything, limit=limit):
                write_json(values)
            return
        tickets = _tickets(store, lane=lane, status=status, field=field, everything=everything, limit=limit)
        held = store.escalations.held(wall_clock())
        for ticket in tickets:
            team = held.get(ticket.id, "")
            line = ticket_line(ticket, store.customers.get(ticket.customer_id))
            click.echo(line + (f"  [with {safe_line(team)}]" if team else ""))
        if not tickets:
            click.echo(words("No tickets here."), err=True)


def listed(
    store: Store, *, lane: str | None, status: str | None, field: str | None, everything: bool, limit: int
) -> Iterator[dict[str, Any]]:
    """Yield the tickets that `list` lists, under the keys that scripts know. Raises InputError."""
    tickets = _tickets(store, lane=lane, status=status, field=field, everything=everything, limit=limit)
    held = store.escalations.held(wall_clock())
    for ticket in tickets:
        customer = store.customers.get(ticket.customer_id)
        yield ticket_keys(ticket, customer) | {"held_by": held.get(ticket.id) or None}


def _tickets(
    store: Store, *, lane: str | None, status: str | None, field: str | None, everything: bool, limit: int
) -> list[Ticket]:
    lanes = _lanes(store, lane)
    most = limit if field is None else 2**31
    if everything or (status and Status(status) not in ACTIVE):
        tickets = _by_number(store, lanes, Status(status) if status else None, most)
    else:
        tickets = _in_turn(store, lanes, status, most)
    if field is None:
        return tickets
    name, wanted = _wanted_field(store, field)
    return [ticket for ticket in tickets if fits(ticket.fields.get(name, ""), wanted)][:limit]


def _wanted_field(store: Store, given: str) -> tuple[str, str]:
    """Return the name of a field and what its value must be. Raises RuleError if there is no such field."""
    name, equals, wanted = given.partition("=")
    if not equals:
        raise click.UsageError(f"--field {given!r} has no value: write --field NAME=VALUE, --field order=A-17.")
    if wrong := wrong_limit(wanted.strip()):
        raise click.UsageError(f"--field {given!r}: {wrong}")
    return defined(store.custom_fields.all(), name.strip()).name, wanted.strip()


def _lanes(store: Store, named: str | None) -> list[str] | None:
    """Return the stored names of the lane that is named; None for every lane. InputError if there is none."""
    names = [item.name for item in store.lanes.all()]
    if named is None or named in names:
        return None if named is None else [named]
    if named.casefold() in ("none", "no lane", ""):
        return store.lanes.others()
    raise InputError("No such lane", f"There is no lane {named}; the lanes are {', '.join(names)}, none.")


def _by_number(store: Store, lanes: list[str] | None, status: Status | None, limit: int) -> list[Ticket]:
    if lanes is None:
        return list(store.tickets.each(status=status, limit=limit))
    matches = [ticket for lane in lanes for ticket in store.tickets.each(lane=lane, status=status, limit=limit)]
    return sorted(matches, key=lambda ticket: ticket.id)[:limit]


def _in_turn(store: Store, lanes: list[str] | None, status: str | None, limit: int) -> list[Ticket]:
    """Return the waiting tickets in the order of the desk, then those that another team holds."""
    from queues.desk.choose_next import Choosing
    from tui.setup.open_desk import agent_name, assigning, exposure, logins

    settings, now = load().settings, wall_clock()
    choosing = Choosing(
        store, exposure(settings), agent_name(settings), logins(settings), assigns=bool(assigning(settings))
    )
    wanted = limit if status is None else 2**53
    turns = [*choosing.order(now, limit=wanted, lanes=lanes), *choosing.held(now, lanes=lanes)]
    tickets = (store.tickets.get(waiting.row.id) for waiting in turns if status is None or waiting.row.status == status)
    return [ticket for ticket in tickets if ticket is not None][:limit]


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.option("--linear", is_flag=True, help="Plain sentences, one thing a line, for screen readers.")
@db_option
@reveal_option()
@json_option
def show(ticket_id: int, linear: bool, db: Path | None, as_json: bool) -> None:
    """Show one ticket with its conversation."""
    if linear and as_json:
        raise click.UsageError("Give only one of --linear and --json.")
    with reading(db, ticket_id) as store:
        if as_json:
            write_json(ticket_with_conversation(store, ticket_id))
            return
        ticket = the_ticket(store, ticket_id)
        if linear:
            _show_linear(store, ticket)
            return
        customer = store.customers.get(ticket.customer_id)
        messages = store.messages.of(ticket_id)
        escalations, problem = store.escalations.of(ticket_id), store.problems.of(ticket_id)
        ratings, now = store.csat.of(ticket_id), wall_clock()
        figures = figures_of(store, ticket_id, now)
        asides = store.events.of_kinds(ticket_id, _ASIDES)
        colleagues = present(store, now).get(ticket_id, Present())
        click.echo(ticket_line(ticket, customer))
        for line in presence_words(colleagues):
            click.echo(line)
        if ticket.merged_into is not None:
            click.echo(words("merged into #{n}").format(n=ticket.merged_into))
        for line in field_lines(ticket, store.custom_fields.all()):
            click.echo(line)
        click.echo(figures_line(figures))
        for escalation in escalations:
            click.echo(escalation_line(escalation, now))
        if problem is not None:
            click.echo(f"{problem.label} {safe_line(problem.title)}")
        for aside in asides:
            click.echo(aside_line(aside, now))
        for rating in ratings:
            click.echo(f"rated {rating.value} of 5  {safe_line(rating.comment)}".rstrip())
        for message in messages:
            sender = f"{safe_line(message.from_name)} <{safe_line(message.from_address)}>"
            click.echo(f"\n{iso(message.received_at)}  {message.direction}  {sender}  message {message.id}")
            if message.cc:
                click.echo(f"Cc: {safe_line(', '.join(message.cc))}")
            for sign in message.signs:
                click.echo(sign_line(sign))
            click.echo(safe_text(message.text))
            for part in message.attachments:
                click.echo(f"[{safe_line(part.filename)}, {part.size:,} B]")


def ticket_with_conversation(store: Store, ticket_id: int) -> dict[str, Any]:
    """Return a ticket with its conversation under the keys that scripts know. Raises InputError if there is none."""
    ticket, now = the_ticket(store, ticket_id), wall_clock()
    problem = store.problems.of(ticket_id)
    colleagues = present(store, now).get(ticket_id, Present())
    return (
        ticket_keys(ticket, store.customers.get(ticket.customer_id))
        | {"reason": ticket.reason, "merged_into": ticket.merged_into}
        | {"messages": [_message_keys(message) for message in store.messages.of(ticket_id)]}
        | {"promises": [promise_keys(promise) for promise in store.promises.of(ticket_id)]}
        | {"escalations": [escalation_keys(escalation, now) for escalation in store.escalations.of(ticket_id)]}
        | {"ratings": [rating_keys(item) for item in store.csat.of(ticket_id)]}
        | {"asides": [_aside_keys(event) for event in store.events.of_kinds(ticket_id, _ASIDES)]}
        | {"writing": list(colleagues.writing), "looking": list(colleagues.looking)}
        | {"figures": figure_keys(figures_of(store, ticket_id, now))}
        | {"problem": problem.label if problem is not None else None}
        | {"overrides": [_override_keys(event) for event in store.events.of(ticket_id) if _overrides(event)]}
    )


def _show_linear(store: Store, ticket: Ticket) -> None:
    """Print a ticket as the desk in plain lines reads it out."""
    from tui.linear.reading import ticket_lines
    from tui.ticket.read_conversation import read_conversation

    now = wall_clock()
    shown = read_conversation(store, ticket.id, lambda ticket: False, now)
    for line in ticket_lines(shown, now) if shown is not None else ():
        click.echo(line)


def figure_keys(figures: TicketFigures | None) -> dict[str, Any]:
    """Return a ticket's figures under the keys that scripts know; durations in seconds."""
    if figures is None:
        return {}
    return {**asdict(figures), "late": [str(metric) for metric in figures.late]}


def _aside_keys(event: Event) -> dict[str, Any]:
    return {"kind": event.kind, "at": iso(event.at), "agent": event.actor, **event.detail}


def _message_keys(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "direction": message.direction,
        "kind": message.kind,
        "from_name": message.from_name,
        "from_addr": message.from_address,
        "cc": list(message.cc),
        "date": iso(message.at),
        "language": message.language,
        "mixed": message.mixed.split("+") if message.mixed else [],
        "text": message.text,
        "new_text": message.new_text,
        "macro": message.macro,
        "procedure": message.procedure,
        "moved_from": message.moved_from or None,
        "attachments": [asdict(part) for part in message.attachments],
        "signs": [asdict(sign) for sign in message.signs],
    }


def promise_keys(promise: GivenPromise) -> dict[str, Any]:
    """Return a promise under the keys that scripts know."""
    return {
        "id": promise.id,
        "ticket": promise.ticket_id,
        "text": promise.text,
        "due": iso(promise.due_at),
        "state": promise.state,
        "made": iso(promise.made_at),
        "by": promise.made_by,
        "settled": iso(promise.settled_at),
    }


def rating_keys(rating: Rating) -> dict[str, Any]:
    """Return a customer's rating under the keys that scripts know."""
    return {
        "rating": rating.id,
        "ticket": rating.ticket_id,
        "at": iso(rating.at),
        "value": rating.value,
        "score": rating.score,
        "scale": rating.scale,
        "via": rating.via,
        "state": rating.state,
        "comment": rating.comment,
        "agent": rating.agent,
        "macro": rating.macro,
    }


def _overrides(event: Event) -> bool:
    return bool(event.detail.get("override_reason"))


def _override_keys(event: Event) -> dict[str, Any]:
    return {
        "at": iso(event.at),
        "by": event.actor,
        "rules": event.detail.get("overridden", []),
        "steps": event.detail.get("skipped_steps", []),
        "reason": event.detail["override_reason"],
    }


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True)
@db_option
@reveal_option()
@click.option("--lane", type=LANE, help="Only this lane.")
@click.option("--limit", type=NUMBER, default=50, show_default=True)
@json_option
def search(words: tuple[str, ...], db: Path | None, lane: str | None, limit: int, as_json: bool) -> None:
    """Find messages and people, newest first, whatever the status; accents and case are ignored.

    All words must be there; "a phrase" in quotes, -word must not. Operators: from: tag: status: lang: lane: before:
    after: has:file field.NAME: (field.order:A-17, field.amount:">100", field.order:* for any value).
    """
    with reading(db) as store:
        hits = list(found(store, " ".join(_quoted(word) for word in words), lane=lane, limit=limit))
        for hit in hits:
            if as_json:
                write_json(hit)
            else:
                lane_name, snippet = safe_line(hit["lane"]), safe_line(hit["snippet"])
                click.echo(f"#{hit['ticket']:<6} {hit['status']:<9} {lane_name:<8} {snippet}")
        if not hits and not as_json:
            _report_no_match()


def found(store: Store, text: str, *, lane: str | None, limit: int) -> Iterator[dict[str, Any]]:
    """Yield what `search` finds, under the keys that scripts know. Raises InputError."""
    from tui.cli.periods import zone_of

    for hit in store.search(text, limit=limit, lane=lane, now=wall_clock(), zone=zone_of("")):
        shown = hit.snippet if is_revealing() else hit.masked_snippet
        matches = {"ticket": hit.ticket_id, "message": hit.message_id, "snippet": shown}
        yield {**matches, "status": hit.status, "lane": hit.lane, "subject": hit.subject}


def _quoted(word: str) -> str:
    """Return an argument as it was meant: the shell took the quotes of one that holds spaces."""
    if " " not in word or '"' in word:
        return word
    head, colon, rest = word.partition(":")
    is_operator = bool(colon) and " " not in head
    minus = "-" if word.startswith("-") and not is_operator else ""
    return f'{head}:"{rest}"' if is_operator else f'{minus}"{word.removeprefix(minus)}"'


def _report_no_match() -> None:
    click.echo(words("Nothing found."), err=True)
