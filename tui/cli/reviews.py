"""`tridesk reviews`: replies drawn, judged by a scorecard, answered by who wrote them, and reviewers compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from data.errors import InputError, RuleError
from data.records.reviews import AnswerKind, Picked, Review
from data.safe_text import safe_line, safe_text
from queues.quality import cards
from queues.quality.reviewing import card_then
from tui.cli.acting import tell
from tui.cli.common import NUMBER, acting, db_option, json_option, put
from tui.cli.review_scoring import FOLDER, calibrate, score
from tui.look.written_values import iso
from tui.reviews.review_lines import answer_line, mark_lines, percent, stand, version_words
from tui.setup.settings import config_folder

if TYPE_CHECKING:
    from data.store import Store
    from queues.desk.desk import Desk


@click.group()
def reviews() -> None:
    """Judge single replies by a scorecard, fairly drawn; whoever wrote one sees it and answers (docs/reviews.md)."""


@reviews.command()
@click.option("--risk", is_flag=True, help="By what is at stake, instead of every agent equally.")
@click.option("--count", "-n", type=click.IntRange(1, 500), default=10, show_default=True, help="How many replies.")
@click.option("--since", default="7d", show_default=True, help="A date, today, or how far back: 24h, 7d, 4w.")
@click.option("--until", default="now", show_default=True, help="A date (not included), or now.")
@click.option("--seed", default="", help="The same seed draws the same replies (else the day).")
@click.option("--agent", "agents", multiple=True, help="Only this agent's replies; may be given again.")
@db_option
@json_option
def sample(
    risk: bool, count: int, since: str, until: str, seed: str, agents: tuple[str, ...], db: Path | None, as_json: bool
) -> None:
    """Draw replies to review: nobody's own, no ticket twice, none that was drawn or reviewed before."""
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
        for one in drawn.picked:
            _put_picked(one, as_json, sample=drawn.id, seed=drawn.seed)
        if len(drawn.picked) < count and not as_json:
            click.echo(f"Only {len(drawn.picked)} of {count}: there is no more to draw from.", err=True)


def _put_picked(one: Picked, as_json: bool, **more: Any) -> None:
    if as_json:
        put({"reply": one.message_id, "ticket": one.ticket_id, "agent": one.agent, "why": list(one.why), **more})
    else:
        click.echo(f"{one.message_id:<7} #{one.ticket_id:<6} {safe_line(one.agent)[:16]:<16} {'; '.join(one.why)}")


@reviews.command("list")
@click.option("--to-do", "waiting", is_flag=True, help="What you have to review, instead.")
@click.option("--mine", is_flag=True, help="Only those of your own replies.")
@click.option("--given", is_flag=True, help="Only those that you gave.")
@click.option("--agent", default="", help="Only those of this agent's replies.")
@click.option("--disputed", is_flag=True, help="Only those that are disputed.")
@click.option("--since", default="", metavar="WHEN", help="A date, today, or how far back: 24h, 7d, 4w (else all).")
@click.option("--all", "everything", is_flag=True, help="Revised ones too.")
@db_option
@json_option
def list_them(
    waiting: bool, mine: bool, given: bool, agent: str, disputed: bool, since: str, everything: bool,
    db: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List reviews, the newest first; nothing of calibrations."""
    with acting(db) as desk:
        if waiting:
            todo = desk.reviews.to_review()
            for one in todo:
                _put_picked(one, as_json)
            if not todo and not as_json:
                click.echo("Nothing waits for you; `tridesk reviews sample` draws replies.", err=True)
            return
        whose, start = desk.agent if mine else agent, _since(since)
        found = desk.store.reviews.each(
            agent=whose, reviewer=desk.agent if given else "", since=start, everything=everything
        )
        shown = [one for one in found if not disputed or stand(one, desk.store.reviews.answers(one.id)) == "disputed"]
        for review in shown:
            put(_keys(review, desk.store)) if as_json else click.echo(_line(review, desk.store))
    if not shown and not as_json:
        click.echo("No reviews here.", err=True)


def _since(text: str) -> int:
    if not text:
        return 0
    from tui.cli.periods import period_of, zone_of
    from tui.setup.clock import wall_clock

    return period_of(text, "now", zone_of(""), wall_clock()).since


@reviews.command()
@click.argument("number", metavar="REVIEW", type=NUMBER)
@click.option("--language", default="en", show_default=True, help="The language of the criteria.")
@db_option
@json_option
def show(number: int, language: str, db: Path | None, as_json: bool) -> None:
    """Show one review with the reply and all that was said of it; showing your own marks it as seen."""
    with acting(db) as desk:
        review = _review(desk, number)
        desk.reviews.see(number)
        store = desk.store
        marks, answers, message = store.reviews.marks(number), store.reviews.answers(number), store.messages.get(
            review.message_id
        )  # fmt: skip
        if as_json:
            said = [
                {"at": iso(one.at), "by": one.actor, "answer": one.kind, "text": one.text, "review": one.review_id}
                for one in answers
            ]
            listed = [
                {"criterion": one.criterion, "points": one.points, "best": one.best, "comment": one.comment}
                for one in marks
            ]
            text = {"text": message.text, "macro": message.macro, "procedure": message.procedure} if message else {}
            put(_keys(_review(desk, number), store) | {"marks": listed, "answers": said, "reply_words": text})
            return
        click.echo(_line(review, store))
        if message is not None:
            versions = {key: one.label for key, one in desk.rules.procedures.items()}
            click.echo(f"{version_words(message, versions)}\n\n{safe_text(message.text)}\n")
        for line in mark_lines(marks, card_then(store, review.scorecard), language):
            click.echo(line)
        if review.comment:
            click.echo(safe_text(review.comment))
        for one in answers:
            click.echo(answer_line(one))


@reviews.command()
@click.argument("number", metavar="REVIEW", type=NUMBER)
@click.option("--accept", "kind", flag_value="accept", help="It is right.")
@click.option("--dispute", "kind", flag_value="dispute", help="It is not; TEXT says why.")
@click.option("--uphold", "kind", flag_value="uphold", help="As its reviewer: stand by it.")
@click.argument("text", required=False, default="")
@db_option
@json_option
def answer(number: int, kind: str | None, text: str, db: Path | None, as_json: bool) -> None:
    """Answer a review of your own reply, or a dispute of one that you gave."""
    if kind is None:
        raise click.UsageError("Say --accept, --dispute or --uphold.")
    with acting(db) as desk:
        tell(desk.reviews.answer(number, AnswerKind(kind), text), as_json)


@reviews.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check scorecard files (without FILES: the built-in and your own) and tell file and line of what is wrong."""
    failed = False
    own = config_folder() / FOLDER
    for path in files or (*sorted(cards.BUILT_IN.glob("*.toml")), *sorted(own.glob("*.toml"))):
        try:
            found, reason = cards.load_file(path), ""
        except InputError as error:
            found, reason = None, error.message
        failed = failed or found is None
        if as_json:
            put({"file": str(path), "accepted": found is not None, "reason": reason})
        else:
            click.echo(safe_line(reason or f"{path}: ok, {found.label if found else ''}"), err=bool(reason))
    if failed:
        sys.exit(1)


def _review(desk: Desk, number: int) -> Review:
    review = desk.store.reviews.get(number)
    if review is None or review.state == "withdrawn":
        raise InputError("No such review", f"There is no review {number}; `tridesk reviews list` names them.")
    if review.calibration is not None and review.reviewer != desk.agent:
        from queues.quality.comparing import finished

        open_ones = [one for one, given in desk.store.reviews.calibrations() if not finished(one, given)]
        if desk.agent == review.agent or any(one.id == review.calibration for one in open_ones):
            raise RuleError("Not to be seen", f"Review {number} is a calibration; it is blind until both have scored.")
    return review


def _keys(one: Review, store: Store) -> dict[str, Any]:
    return {
        "review": one.id,
        "reply": one.message_id,
        "ticket": one.ticket_id,
        "agent": one.agent,
        "reviewer": one.reviewer,
        "card": one.scorecard,
        "percent": one.percent,
        "failed": list(one.failed),
        "comment": one.comment,
        "at": iso(one.at),
        "seen": iso(one.seen_at),
        "stand": stand(one, store.reviews.answers(one.id)),
        "revises": one.revises,
    }


def _line(one: Review, store: Store) -> str:
    said = stand(one, store.reviews.answers(one.id))
    head = f"{one.id:<6} #{one.ticket_id:<6} {iso(one.at)}  {safe_line(one.agent)[:14]:<14} {percent(one):<8} {said:<9}"
    return f"{head} by {safe_line(one.reviewer)[:14]:<14} {one.scorecard}  {safe_line(one.comment)}".rstrip()


reviews.add_command(score)
reviews.add_command(calibrate)
