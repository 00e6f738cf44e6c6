"""`tridesk procedures state`, `answer` and `changes`: a ticket's steps by command, and what is new since last used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.records.tickets import Ticket
from queues.desk.desk import Desk
from queues.procedures import wording_diff
from queues.procedures.procedure import Procedure, Step, procedure_for
from tui.cli.common import acting, db_option, json_option, the_ticket, write_json
from tui.cli.completing import TICKET
from tui.look.shown import safe_line
from tui.look.words import piecewise
from tui.look.written_values import iso


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@db_option
@json_option
def state(ticket_id: int, db: Path | None, as_json: bool) -> None:
    """Show the steps of a ticket's procedure: done (x), open gate (!; !! where no reply leaves before it), open, or
    watched by the desk (~).
    """
    with acting(db) as desk:
        ticket, procedure = _followed(desk, ticket_id)
        answers = desk.store.work.steps(ticket_id, procedure.id)
        if not as_json:
            click.echo(safe_line(f"#{ticket_id} follows {procedure.label}"))
        for step in procedure.steps:
            answer = answers.get(step.id)
            done = answer is not None and step.is_done(answer.value)
            if as_json:
                write_json(_step_keys(step) | {
                    "done": done, "answer": answer.value if answer else None, "by": answer.actor if answer else "",
                    "at": iso(answer.at) if answer else None,
                })  # fmt: skip
                continue
            mark = "~" if not step.asked else "x" if done else step.sign.replace("*", "!")
            said = f"  [{answer.value}, {answer.actor}]" if answer is not None and done else ""
            click.echo(safe_line(f"  {mark:<2} {step.id}: {step.words(ticket.language)}{said}"))


@click.command()
@click.argument("ticket_id", metavar="TICKET", type=TICKET)
@click.argument("step")
@click.argument("value", required=False)
@click.option("--take-back", is_flag=True, help="Take the step's answer back.")
@db_option
@json_option
def answer(ticket_id: int, step: str, value: str | None, take_back: bool, db: Path | None, as_json: bool) -> None:
    """Answer STEP of a ticket's procedure: with VALUE where it asks for something or is a choice.

    Answering a hand-over hands the ticket over; VALUE is then the reason.
    """
    with acting(db) as desk:
        done = desk.take_step(ticket_id, step, None if take_back else value if value is not None else True)
        write_json({"action": done.action, "summary": done.summary}) if as_json else click.echo(
            safe_line(piecewise(done.summary))
        )


@click.command()
@click.option("--read", "known", is_flag=True, help="Mark everything as read.")
@click.option("--language", default="en", show_default=True, help="The language of the lines that are compared.")
@db_option
@json_option
def changes(known: bool, language: str, db: Path | None, as_json: bool) -> None:
    """Show the procedures and macros that changed since you used them, and how."""
    with acting(db) as desk:
        for kind, texts in (wording_diff.PROCEDURE, _procedures(desk)), (wording_diff.MACRO, _macros()):
            for name, seen in desk.store.known_wordings.of(desk.agent, kind).items():
                text = texts.get(name)
                if text is None or text == seen:
                    continue
                parts = wording_diff.difference(seen, text, language)
                if as_json:
                    write_json({"kind": kind, "name": name, "changes": [[part.sign, part.text] for part in parts]})
                else:
                    click.echo(safe_line(f"{kind} {name}"))
                    for part in parts:
                        click.echo(safe_line(f"  {part.sign} {part.text}"))
                if known:
                    desk.acknowledge(kind, name, text)


def _followed(desk: Desk, ticket_id: int) -> tuple[Ticket, Procedure]:
    ticket = the_ticket(desk.store, ticket_id)
    procedure = procedure_for(ticket, desk.rules.procedures)
    if procedure is None:
        raise InputError("No procedure", f"No procedure applies to #{ticket_id}; there are no steps to answer.")
    return ticket, procedure


def _step_keys(step: Step) -> dict[str, Any]:
    return {"step": step.id, "kind": step.kind, "gate": step.gate, "guards_words": step.guards_words,
            "choices": list(step.choices), "evidence": step.evidence, "team": step.team,
            "watched": not step.asked}  # fmt: skip


def _procedures(desk: Desk) -> dict[str, str]:
    return {name: wording_diff.of_procedure(procedure) for name, procedure in desk.rules.procedures.items()}


def _macros() -> dict[str, str]:
    from macros.files.library import Library
    from tui.setup.settings import config_folder

    library = Library.standard(config_folder() / "macros")
    return {macro.name: wording_diff.joined({body.language: body.text for body in macro.bodies}) for macro in library}
