"""`tridesk erase`, `access`, `legal-hold` and `retention`: what is kept about a person, and for how long."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.desk_file.backup_files import copies_of
from data.desk_file.make_backup import make_backup, remove_copy
from data.errors import InputError, RuleError
from data.records.customers import Customer, Identity
from data.recovery.restore import refuse_open
from data.safe_text import safe_line, safe_text
from data.store import Store
from queues.connectors.outbox_folder import OutboxFolder
from tui.cli.common import acting, chosen, db_option, json_option, reading, write_json
from tui.cli.confirming import confirm
from tui.look.words import words
from tui.look.written_values import iso
from tui.setup.clock import wall_clock
from tui.setup.personal_files import clean_logs, logs_with
from tui.setup.settings import load

if TYPE_CHECKING:
    from queues.desk.erasure import Erasure

_KINDS = ("email", "handle", "phone")
_TIMES = frozenset(
    {"at", "received_at", "created_at", "updated_at", "kept_at", "sent_at", "due_at", "made_at", "since"}
)


def customer_named(store: Store, person: str) -> Customer:
    """Return the customer with this address, handle or telephone number, or `customer:NUMBER`. Raises InputError."""
    kind, _, number = person.partition(":")
    if kind == "customer" and number.isdigit():
        known_id = int(number) if len(number) < 16 else None
    else:
        known_id = store.customers.find([Identity(kind, person.strip().casefold()) for kind in _KINDS])
    customer = store.customers.get(known_id) if known_id is not None else None
    if customer is None:
        raise InputError(
            "No such person",
            f"No customer is known as {person}; give an address, a handle, a telephone number or customer:NUMBER.",
        )
    return customer


@click.command()
@click.argument("person", required=False)
@click.option("--reason", default="", help="Why, for the record.")
@click.option("--dry-run", is_flag=True, help="Only list what would be erased.")
@click.option("--keep-backups", is_flag=True, help="Leave earlier backups, which still hold the person.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
@json_option
def erase(
    person: str | None, reason: str, dry_run: bool, keep_backups: bool, yes: bool, db: Path | None, as_json: bool
) -> None:
    """Erase what is kept about PERSON (an address, handle or number), everywhere; it cannot be undone.

    Tickets stay as empty shells with their times, so that figures hold. Earlier backups are replaced by a new one.
    """
    if person is None:
        raise click.UsageError("Name the person: an address, a handle, a telephone number or customer:NUMBER.")
    path, now = chosen(db), wall_clock()
    if not dry_run:
        refuse_open(path)
    with acting(db) as desk:
        customer = customer_named(desk.store, person)
        planned = desk.to_erase(customer.id)
        identities = [identity.value for identity in customer.identities]
        folder = OutboxFolder(path.absolute().parent)
        copies = folder.copies(planned.mail_ids, identities)
        logs = logs_with(identities)
        backups = [copy.path for copy in copies_of(path)]
        report = _report(planned, [*copies, *logs], backups, desk.store)
        if dry_run or not as_json:
            _show(report, as_json=as_json)
        if dry_run:
            return
        if not reason.strip():
            raise RuleError("No reason", "Erasing is recorded with its reason; give one with --reason.")
        confirm(yes, words("Erase customer {id} for good? It cannot be undone.").format(id=customer.id))
        done = desk.erase(customer.id, reason)
    for file in copies:
        file.unlink(missing_ok=True)
    clean_logs(logs, identities)
    if not keep_backups:
        if backups:
            make_backup(path, now)
        for file in backups:
            remove_copy(file)
    if as_json:
        erased = {"erased": True, "rows": dict(done.rows), "backups_removed": not keep_backups}
        write_json({**report, **erased}, as_given=True)
        return
    text = words("Erased: {n} rows. Who and why is recorded; `tridesk verify` says intact.")
    click.echo(text.format(n=sum(done.rows.values())))
    if keep_backups and backups:
        click.echo(words("The backups above still hold the person, until rotation removes them."))


def _report(planned: Erasure, files: list[Path], backups: list[Path], store: Store) -> dict[str, Any]:
    exported = store.events.in_period(["exported", "accessed"], planned.customer.created_at, 1 << 60)
    return {
        "customer": planned.customer.id,
        "name": planned.customer.name,
        "known_as": [identity.value for identity in planned.customer.identities],
        "tickets": list(planned.tickets),
        "messages": planned.messages,
        "named_elsewhere": list(planned.names_elsewhere),
        "files": [str(file) for file in files],
        "backups": [str(file) for file in backups],
        "exports": [
            {"at": iso(event.at), "by": event.actor, "what": str(event.detail.get("what", event.kind))}
            for event in exported
        ],
    }


def _show(report: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json({**report, "erased": False}, as_given=True)
        return
    known = ", ".join(report["known_as"])
    text = words("Customer {n}: {name} ({known})")
    click.echo(text.format(n=report["customer"], name=safe_line(report["name"]), known=safe_line(known)))
    numbers = ", ".join(f"#{number}" for number in report["tickets"]) or words("none")
    click.echo(words("Tickets: {numbers}; messages: {n}").format(numbers=numbers, n=report["messages"]))
    for title, key in ((words("Files with them"), "files"), (words("Backups with them"), "backups")):
        for file in report[key]:
            click.echo(f"{title}: {safe_line(file)}")
    for export in report["exports"]:
        text = words("Exported since they are known: {what}, {at}, {by}")
        click.echo(text.format(what=export["what"], at=export["at"], by=safe_line(export["by"])))
    if report["named_elsewhere"]:
        numbers = ", ".join(f"#{number}" for number in report["named_elsewhere"])
        text = words("Their name is in other tickets too and stays there; look at {numbers}.")
        click.echo(text.format(numbers=numbers))


@click.command()
@click.argument("person")
@db_option
@json_option
def access(person: str, db: Path | None, as_json: bool) -> None:
    """Write everything that is kept about PERSON (an address, handle or number), readable or as JSON.

    Look through it before you hand it over: a conversation may name other people.
    """
    with acting(db) as desk:
        customer = customer_named(desk.store, person)
        subject = desk.store.personal.of_customer(customer.id)
        last = ""
        for table, values in desk.store.personal.rows(subject):
            plain = {name: _plain(value) for name, value in values.items()}
            if as_json:
                write_json({"kept_in": table, **plain}, as_given=True)  # all that is kept is what is asked for
                continue
            if table != last:
                click.echo(f"\n{table.upper().replace('_', ' ')}")
            last = table
            click.echo(safe_text("\n".join(_lines(plain))) + "\n")
        desk.note_access(customer.id)


def _plain(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}


def _lines(values: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, value in values.items():
        if value in ("", None, "[]", "{}"):
            continue
        text = iso(value) if name in _TIMES and isinstance(value, int) else str(value)
        first, *rest = (text or "").splitlines() or [""]
        lines += [f"  {name.replace('_', ' ')}: {first}", *(f"    {line}" for line in rest)]
    return lines


@click.command("legal-hold")
@click.argument("person", required=False)
@click.option("--reason", default="", help="Why the data must be kept.")
@click.option("--lift", is_flag=True, help="End the hold.")
@db_option
@json_option
def legal_hold(person: str | None, reason: str, lift: bool, db: Path | None, as_json: bool) -> None:
    """Keep what is held about PERSON from being erased; without PERSON, list the holds."""
    if person is None:
        with reading(db) as store:
            for held in store.legal_holds.all():
                row = {"customer": held.customer_id, "reason": held.reason, "at": iso(held.at), "by": held.actor}
                if as_json:
                    write_json(row)
                else:
                    click.echo(f"customer:{held.customer_id}  {row['at']}  {safe_line(f'{held.actor}  {held.reason}')}")
        return
    with acting(db) as desk:
        customer = customer_named(desk.store, person)
        if lift:
            desk.lift_hold(customer.id)
        else:
            desk.hold_legally(customer.id, reason)
    state = "lifted" if lift else "held"
    if as_json:
        write_json({"customer": customer.id, "state": state})
    else:
        click.echo(f"customer:{customer.id} {words('lifted') if lift else words('held')}")


@click.command()
@click.option("--apply", "apply_", is_flag=True, help="Erase; without it, only what would be erased is listed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
@json_option
def retention(apply_: bool, yes: bool, db: Path | None, as_json: bool) -> None:
    """Erase the content of old finished tickets, by the rules under [[retention]] in config.toml."""
    from queues.desk.erasure import RetentionRule

    settings = load().settings
    rules = [RetentionRule(table.days, table.lane, table.kind) for table in settings.retention]
    if not rules:
        raise InputError("No retention", "There is no [[retention]] in config.toml; add one with days = N.")
    if apply_:
        refuse_open(chosen(db))
    with acting(db) as desk:
        plan = desk.expired(rules)
        for rule, tickets in plan:
            row = {"lane": rule.lane, "kind": rule.kind, "days": rule.days, "tickets": tickets}
            if as_json:
                write_json(row)
            else:
                numbers = ", ".join(f"#{number}" for number in tickets[:20]) + (" …" if len(tickets) > 20 else "")
                text = words("{lane}, {kind}, after {days} days: {n} tickets {numbers}")
                lane, kind = rule.lane or words("every lane"), rule.kind or words("every kind")
                what = text.format(lane=lane, kind=kind, days=rule.days, n=len(tickets), numbers=numbers)
                click.echo(safe_line(what).rstrip())
        total = sum(len(tickets) for _, tickets in plan)
        if not apply_ or not total:
            return
        confirm(yes, words("Erase the content of {n} tickets for good? It cannot be undone.").format(n=total))
        done = desk.expire(rules)
    if as_json:
        write_json({"erased": done})
    else:
        text = words("Erased the content of {n} tickets; earlier backups still hold them until rotation removes them.")
        click.echo(text.format(n=done))
