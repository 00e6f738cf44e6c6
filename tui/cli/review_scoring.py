"""`tridesk reviews score` and `calibrate`: score a reply with a scorecard, and measure how well two reviewers agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.errors import InputError
from queues.quality import cards
from queues.quality.cards import Scorecard
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, json_option, reading, write_json
from tui.look.shown import safe_line, safe_text
from tui.reviews.review_lines import version_words
from tui.setup.open_desk import scorecards
from tui.setup.settings import load

if TYPE_CHECKING:
    from queues.desk.desk import Desk

FOLDER = "scorecards"


def own_cards() -> dict[str, Scorecard]:
    """Return the scorecards: the built-in ones and those of the user's folder. Raises InputError."""
    return scorecards(load().settings)


@click.command()
@click.argument("reply", type=NUMBER)
@click.argument("marks", nargs=-1, metavar="CRITERION=POINTS[:WORDS]...")
@click.option("--card", "card_id", default="", help="The scorecard (else that of the ticket's lane).")
@click.option("--comment", default="", help="A comment on the whole reply.")
@db_option
@json_option
def score(reply: int, marks: tuple[str, ...], card_id: str, comment: str, db: Path | None, as_json: bool) -> None:
    """Review REPLY (its number in the list): points, yes, no or n/a for every criterion, with an optional comment.

    Without marks it shows the reply and what to score. Your earlier review of it is revised; both are kept.
    """
    with acting(db) as desk:
        message = desk.reviews.reply(reply)
        card = _card(desk, message.ticket_id, card_id)
        if not marks:
            _ask(desk, reply, card, as_json)
            return
        points, comments = _points(marks, card)
        tell(desk.reviews.review(reply, card, points, comment=comment, comments=comments), as_json)


def _points(marks: tuple[str, ...], card: Scorecard) -> tuple[dict[str, int | None], dict[str, str]]:
    known = {criterion.id: criterion for criterion in card.criteria}
    points: dict[str, int | None] = {}
    comments: dict[str, str] = {}
    for mark in marks:
        name, equals, rest = mark.partition("=")
        if not equals or name not in known:
            raise InputError("Not scored", f"{mark!r}: write CRITERION=POINTS; criteria are {', '.join(known)}.")
        given, _, words = rest.partition(":")
        points[name] = known[name].points(given)
        if words.strip():
            comments[name] = words.strip()
    return points, comments


def _ask(desk: Desk, reply: int, card: Scorecard, as_json: bool) -> None:
    """Show a reply, what it answers, and the card to fill."""
    message = desk.reviews.reply(reply)
    earlier = [item for item in desk.store.messages.of(message.ticket_id) if item.id < message.id]
    asked = next((item for item in reversed(earlier) if item.direction == "in"), None)
    versions = {key: procedure.label for key, procedure in desk.rules.procedures.items()}
    if as_json:
        write_json(
            {
                "reply": message.id, "ticket": message.ticket_id, "agent": message.from_name, "text": message.text,
                "asked": (asked.new_text or asked.text) if asked else "", "macro": message.macro,
                "procedure": message.procedure, "card": card.label,
                "criteria": [{"criterion": criterion.id,
                              "answers": [*criterion.answers, *(["n/a"] if criterion.na else [])],
                              "weight": criterion.weight, "auto_fail": criterion.auto_fail,
                              "text": dict(criterion.text)}
                             for criterion in card.criteria],
            }
        )  # fmt: skip
        return
    if asked is not None:
        click.echo(f"{safe_line(asked.from_name)}:\n{safe_text(asked.new_text or asked.text)}\n")
    click.echo(f"{safe_line(message.from_name)} ({version_words(message, versions)}):\n{safe_text(message.text)}\n")
    click.echo(f"{card.label}  {card.words('en')}")
    for criterion in card.criteria:
        offered = "/".join([*criterion.answers, *(["n/a"] if criterion.na else [])])
        fails = "  fails the whole" if criterion.auto_fail else ""
        click.echo(f"  {criterion.id:<18} {offered:<12} x{criterion.weight:<4g} {criterion.words('en')}{fails}")


@click.command()
@click.argument("reply", type=NUMBER, required=False)
@click.option("--with", "other", default="", metavar="REVIEWER", help="Who reviews the same reply.")
@click.option("--card", "card_id", default="", help="The scorecard (else that of the ticket's lane).")
@db_option
@json_option
def calibrate(reply: int | None, other: str, card_id: str, db: Path | None, as_json: bool) -> None:
    """Have two reviewers review REPLY independently; without REPLY, show how well reviewers agree.

    Agreement is the share of equal answers and Cohen's kappa with linear weights (1968), by criterion.
    """
    if reply is None:
        _print_agreement(db, as_json)
        return
    with acting(db) as desk:
        message = desk.reviews.reply(reply)
        calibration = desk.reviews.calibrate(reply, other, _card(desk, message.ticket_id, card_id))
    if as_json:
        write_json({"calibration": calibration.label, "reply": calibration.message_id, "ticket": calibration.ticket_id,
             "card": calibration.scorecard, "reviewers": list(calibration.reviewers)})  # fmt: skip
    else:
        click.echo(
            f"{calibration.label}: {' and '.join(calibration.reviewers)} score reply {calibration.message_id},"
            " each for themselves."
        )


def _print_agreement(db: Path | None, as_json: bool) -> None:
    from queues.quality.comparing import compared, finished

    with reading(db) as store:
        comparisons = compared(store)
        waiting = [
            (calibration, given)
            for calibration, given in store.reviews.calibrations()
            if not finished(calibration, given)
        ]
    for pair in comparisons:
        head = {"reviewers": list(pair.reviewers), "card": pair.card, "replies": pair.replies}
        if not as_json:
            names = " and ".join(safe_line(name) for name in pair.reviewers)
            click.echo(f"{names}, {pair.card}: {pair.replies} replies, scores {pair.mean_apart:.1f} points apart")
        for name, held in pair.by_criterion.items():
            if as_json:
                write_json(head | {"criterion": name, "pairs": held.pairs, "same": held.same, "percent": held.percent,
                            "kappa": held.kappa, "points_apart": pair.mean_apart})  # fmt: skip
            else:
                kappa = "-" if held.kappa is None else f"{held.kappa:.2f}"
                click.echo(f"  {name:<18} {held.percent:>5.0%} equal  kappa {kappa:>5}  of {held.pairs}")
    for calibration, given in waiting if not as_json else []:
        missing = ", ".join(safe_line(name) for name in calibration.reviewers if name not in given)
        click.echo(f"{calibration.label} waits for {missing} (reply {calibration.message_id}).", err=True)
    if not comparisons and not as_json:
        click.echo("No calibration is finished yet; begin one with REPLY --with REVIEWER.", err=True)


def _card(desk: Desk, ticket_id: int, name: str) -> Scorecard:
    known = own_cards()
    if name:
        if name not in known:
            raise InputError("No such scorecard", f"There is no scorecard {name!r}; the ids are {', '.join(known)}.")
        return known[name]
    ticket = desk.store.tickets.get(ticket_id)
    return cards.card_for(ticket.lane if ticket else "", known)
