"""`tridesk reviews`: sample replies, score them, discuss reviews with their authors, and compare reviewers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError, RuleError
from data.records.reviews import AnswerKind, Picked, Review
from queues.quality import cards
from queues.quality.reviewing import card_then
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, json_option, reveal_option, write_json
from tui.cli.review_scoring import FOLDER, calibrate, score
from tui.look.shown import safe_line, safe_text
from tui.look.words import words
from tui.look.written_values import iso
from tui.reviews.review_lines import answer_line, mark_lines, percent, stand, version_words
from tui.setup.settings import config_folder

if TYPE_CHECKING:
    from data.store import Store
    from queues.desk.desk import Desk


@click.group()
def reviews() -> None:
    """Score sampled replies with a scorecard; their authors see the reviews and respond (docs/reviews.md)."""


@reviews.command()
@click.option("--risk", is_flag=True, help="Highest risk first, instead of equally by agent.")
@click.option("--count", "-n", type=click.IntRange(1, 500), default=10, show_default=True, help="How many replies.")
@click.option("--since", default="7d", show_default=True, help="A date, today, or how far back: 24h, 7d, 4w.")
@click.option("--until", default="now", show_default=True, help="A date (not included), or now.")
@click.option("--seed", default="", help="The same seed draws the same replies (else the day).")
@click.option("--agent", "agents", multiple=True, help="Only this agent's replies; repeatable.")
@db_option
@json_option
def sample(
    risk: bool, count: int, since: str, until: str, seed: str, agents: tuple[str, ...], db: Path | None, as_json: bool
) -> None:
    """Sample replies to review: none of your own, no ticket twice, none sampled or reviewed before."""
    from queues.quality.reviewing import FAIR, RISK
    from tui.cli.periods import period_of, zone_of
    from tui.setup.clock import wall_clock

    period = period_of(since, until, zone_of(""), wall_clock())
    with acting(db) as desk:
        drawn = desk.reviews.sample(
            RISK if risk else FAIR,
            count,
            period.since,
            period.until,
            seed or (iso(wall_clock()) or "")[:10],
            agents=agents,
        )
        for pick in drawn.picked:
            _print_picked(pick, as_json, sample=drawn.id, seed=drawn.seed)
        if len(drawn.picked) < count and not as_json:
            click.echo(f"Only {len(drawn.picked)} of {count}: there are no more replies to sample.", err=True)


def _print_picked(pick: Picked, as_json: bool, **more: Any) -> None:
    if as_json:
        write_json(
            {"reply": pick.message_id, "ticket": pick.ticket_id, "agent": pick.agent, "why": list(pick.why), **more}
        )
    else:
        click.echo(f"{pick.message_id:<7} #{pick.ticket_id:<6} {safe_line(pick.agent)[:16]:<16} {'; '.join(pick.why)}")


@reviews.command("list")
@click.option("--to-do", "waiting", is_flag=True, help="List what you have to review instead.")
@click.option("--mine", is_flag=True, help="Only reviews of your own replies.")
@click.option("--given", is_flag=True, help="Only reviews that you gave.")
@click.option("--agent", default="", help="Only reviews of this agent's replies.")
@click.option("--disputed", is_flag=True, help="Only disputed reviews.")
@click.option("--since", default="", metavar="WHEN", help="A date, today, or how far back: 24h, 7d, 4w (else all).")
@click.option("--all", "everything", is_flag=True, help="Revised reviews too.")
@reveal_option()
@db_option
@json_option
def list_them(
    waiting: bool, mine: bool, given: bool, agent: str, disputed: bool, since: str, everything: bool,
    db: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List reviews, newest first, without calibrations."""
    with acting(db) as desk:
        if waiting:
            todo = desk.reviews.to_review()
            for pick in todo:
                _print_picked(pick, as_json)
            if not todo and not as_json:
                click.echo("There is nothing to review; `tridesk reviews sample` draws replies.", err=True)
            return
        whose, start = desk.agent if mine else agent, _since(since)
        results = desk.store.reviews.each(
            agent=whose, reviewer=desk.agent if given else "", since=start, everything=everything
        )
        shown = [
            item for item in results if not disputed or stand(item, desk.store.reviews.answers(item.id)) == "disputed"
        ]
        for review in shown:
            write_json(_keys(review, desk.store)) if as_json else click.echo(_line(review, desk.store))
    if not shown and not as_json:
        click.echo(words("No reviews here."), err=True)


def _since(text: str) -> int:
    if not text:
        return 0
    from tui.cli.periods import period_of, zone_of
    from tui.setup.clock import wall_clock

    return period_of(text, "now", zone_of(""), wall_clock()).since


@reviews.command()
@click.argument("number", metavar="REVIEW", type=NUMBER)
@click.option("--language", default="en", show_default=True, help="The language of the criteria.")
@reveal_option()
@db_option
@json_option
def show(number: int, language: str, db: Path | None, as_json: bool) -> None:
    """Show one review with its reply and discussion; showing one of your own replies marks it as seen."""
    with acting(db) as desk:
        review = _review(desk, number)
        desk.reviews.see(number)
        store = desk.store
        marks, answers, message = store.reviews.marks(number), store.reviews.answers(number), store.messages.get(
            review.message_id
        )  # fmt: skip
        if as_json:
            said = [
                {
                    "at": iso(answer.at),
                    "by": answer.actor,
                    "answer": answer.kind,
                    "text": answer.text,
                    "review": answer.review_id,
                }
                for answer in answers
            ]
            listed = [
                {"criterion": mark.criterion, "points": mark.points, "best": mark.best, "comment": mark.comment}
                for mark in marks
            ]
            text = {"text": message.text, "macro": message.macro, "procedure": message.procedure} if message else {}
            write_json(_keys(_review(desk, number), store) | {"marks": listed, "answers": said, "reply_words": text})
            return
        click.echo(_line(review, store))
        if message is not None:
            versions = {key: procedure.label for key, procedure in desk.rules.procedures.items()}
            click.echo(f"{version_words(message, versions)}\n\n{safe_text(message.text)}\n")
        for line in mark_lines(marks, card_then(store, review.scorecard), language):
            click.echo(line)
        if review.comment:
            click.echo(safe_text(review.comment))
        for answer in answers:
            click.echo(answer_line(answer))


@reviews.command()
@click.argument("number", metavar="REVIEW", type=NUMBER)
@click.option("--accept", "kind", flag_value="accept", help="Accept the review.")
@click.option("--dispute", "kind", flag_value="dispute", help="Dispute it, with TEXT as the reason.")
@click.option("--uphold", "kind", flag_value="uphold", help="As its reviewer: uphold it.")
@click.argument("text", required=False, default="")
@db_option
@json_option
def answer(number: int, kind: str | None, text: str, db: Path | None, as_json: bool) -> None:
    """Answer a review of your own reply, or a dispute of a review that you gave."""
    if kind is None:
        raise click.UsageError("Give --accept, --dispute or --uphold.")
    with acting(db) as desk:
        tell(desk.reviews.answer(number, AnswerKind(kind), text), as_json)


@reviews.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check scorecard files (without FILES: the built-in and your own) and report errors with file and line."""
    failed = False
    own = config_folder() / FOLDER
    for path in files or (*sorted(cards.BUILT_IN.glob("*.toml")), *sorted(own.glob("*.toml"))):
        try:
            card, reason = cards.load_file(path), ""
        except InputError as error:
            card, reason = None, error.message
        failed = failed or card is None
        if as_json:
            write_json({"file": str(path), "accepted": card is not None, "reason": reason})
        else:
            click.echo(safe_line(reason or f"{path}: ok, {card.label if card else ''}"), err=bool(reason))
    if failed:
        sys.exit(1)


def _review(desk: Desk, number: int) -> Review:
    review = desk.store.reviews.get(number)
    if review is None or review.state == "withdrawn":
        raise InputError("No such review", f"There is no review {number}; `tridesk reviews list` names them.")
    if review.calibration is not None and review.reviewer != desk.agent:
        from queues.quality.comparing import finished

        open_ones = [
            calibration for calibration, given in desk.store.reviews.calibrations() if not finished(calibration, given)
        ]
        if desk.agent == review.agent or any(calibration.id == review.calibration for calibration in open_ones):
            raise RuleError("Blind review", f"Review {number} is a calibration; it is blind until both have scored.")
    return review


def _keys(review: Review, store: Store) -> dict[str, Any]:
    return {
        "review": review.id,
        "reply": review.message_id,
        "ticket": review.ticket_id,
        "agent": review.agent,
        "reviewer": review.reviewer,
        "card": review.scorecard,
        "percent": review.percent,
        "failed": list(review.failed),
        "comment": review.comment,
        "at": iso(review.at),
        "seen": iso(review.seen_at),
        "stand": stand(review, store.reviews.answers(review.id)),
        "revises": review.revises,
    }


def _line(review: Review, store: Store) -> str:
    said = stand(review, store.reviews.answers(review.id))
    head = f"{review.id:<6} #{review.ticket_id:<6} {iso(review.at)}  {safe_line(review.agent)[:14]:<14}"
    tail = f"by {safe_line(review.reviewer)[:14]:<14} {review.scorecard}  {safe_line(review.comment)}"
    return f"{head} {percent(review):<8} {said:<9} {tail}".rstrip()


reviews.add_command(score)
reviews.add_command(calibrate)
