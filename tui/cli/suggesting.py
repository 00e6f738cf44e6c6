"""`tridesk macros suggest` and `macros evaluate`: suggest macros, and measure how often they are right."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from data.errors import InputError
from data.macro_names import separate
from data.records.tickets import HARM_LANES, Severity, harm_lanes
from data.safe_text import safe_line
from macros.files.library import Library
from macros.filling.macro import Macro, Words
from macros.suggesting.evaluation import Example, Score
from macros.suggesting.evaluation import evaluate as evaluated
from macros.suggesting.first_messages import teach, teach_limits
from macros.suggesting.learning import MOST
from macros.suggesting.offering import Offer, Situation, offers
from macros.suggesting.semantic import sense
from macros.suggesting.suggest import Suggester, Suggestion
from tui.cli.common import db_option, json_option, reading, write_json
from tui.cli.macro_folder import FOLDER, library_of
from tui.digits.digit_ranking import WEAK
from tui.setup.settings import load


@click.command()
@click.option(
    "--learn",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Answered messages, {"text": …, "macro": …} a line; only their macros are suggested.',
)
@click.option(
    "--top", default=3, show_default=True, type=click.IntRange(1, 100), help="How many macros a message gets."
)
@FOLDER
@json_option
def suggest(learn: Path | None, top: int, folder: Path | None, as_json: bool) -> None:
    """Rank the macros for each {"text": …} line of standard input; the line's other keys come back with the answer.

    "lane", "topic", "severity" and "language" are used if given. "score" is the probability that a macro
    is right; one that is not "sure" is a guess: perhaps none fits. Macros that state an outcome are left out.
    """
    ranking, failed = MacroRanking(library_of(folder), learn), False
    for number, line in enumerate(_lines(), 1):
        if not line.strip():
            continue
        try:
            given = _object(line, f"Line {number}", "text")
            ranked = ranking.ranked(given, top, f"Line {number}")
        except InputError as error:
            click.echo(error.message, err=True)
            failed = True
            continue
        if as_json:
            write_json(suggestion_keys(given, ranked), as_given=True)
        else:
            lines = [f"{'' if offer.sure else f'{WEAK} '}{offer.macro} ({offer.score:.2f})" for offer in ranked]
            click.echo(safe_line("  ".join(lines)) or "-")
    if failed:
        sys.exit(1)


class MacroRanking:
    """Ranks the macros of a library for texts; what it has learned is kept for the next text."""

    def __init__(self, library: Library, learn: Path | None = None) -> None:
        self._suggester = _taught(learn, library)
        macros = {macro.name: macro for macro in library}
        self._among = {name: macros.get(name) or Macro(name, Words(), ()) for name in self._suggester.macros}
        self._sure = load().settings.suggestions.sure

    def ranked(self, given: Mapping[str, Any], top: int, where: str) -> list[Offer]:
        """Return the `top` macros for a text and what is said about its ticket. InputError names the place."""
        return offers(self._among, given["text"], _situation(given, where), self._rank, self._sure)[:top]

    def _rank(self, text: str, among: frozenset[str], language: str, lean: Mapping[str, float]) -> list[Suggestion]:
        return self._suggester.suggest(text, len(among), among, language=language, lean=lean)


def suggestion_keys(given: Mapping[str, Any], ranked: Sequence[Offer]) -> dict[str, Any]:
    """Return ranked macros under the keys that scripts know, and what was given with the text."""
    results = [{"macro": offer.macro, "score": round(offer.score, 6), "sure": offer.sure} for offer in ranked]
    return {**{name: value for name, value in given.items() if name != "text"}, "macros": results}


@click.command()
@click.option(
    "--learn",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Answered messages, oldest first, {"text": …, "macro": …} a line, with a "language" if you like.',
)
@FOLDER
@db_option
@json_option
def evaluate(learn: Path | None, folder: Path | None, db: Path | None, as_json: bool) -> None:
    """Replay the desk's history (or FILE) and show how often the suggestions would have been right."""
    library = library_of(folder)
    if learn is not None:
        history = _history(learn)
        suggester = _knowing({example.macro for example in history}, library)
    else:
        with reading(db) as store:
            answered = store.messages.answered(MOST)
        history = [
            Example(answer.text or answer.subject, macro, answer.language)
            for answer in answered
            for macro in separate(answer.macro)
        ]
        suggester = Suggester(sense())
        teach(suggester, library)
    evaluation = evaluated(history, suggester)
    if as_json:
        languages = {language: _figures(score) for language, score in evaluation.languages.items()}
        write_json(
            {
                "learned": evaluation.learned,
                "macros": evaluation.macros,
                **_figures(evaluation.whole),
                "languages": languages,
            },
            as_given=True,
        )
        return
    click.echo(
        f"{evaluation.learned} answers learned, {evaluation.whole.ranked} ranked in their order,"
        f" {evaluation.macros} macros"
    )
    click.echo(f"{'':<10}{'ranked':>8}{'first':>9}{'in 3':>9}{'suggested':>11}   by use alone: first, in 3")
    for name, score in (("all", evaluation.whole), *evaluation.languages.items()):
        of = _figures(score)
        click.echo(
            f"{safe_line(name)[:9]:<10}{score.ranked:>8}{of['top1']:>8}%{of['top3']:>8}%{of['suggested']:>10}%"
            f"{of['used_top1']:>24}%{of['used_top3']:>7}%"
        )


def _situation(given: Mapping[str, Any], where: str) -> Situation:
    """Return what a line says about its ticket; missing or null values are unknown. InputError names the place."""
    situation = {key: given[key] for key in ("lane", "topic", "severity", "language") if given.get(key) is not None}
    severity = str(situation.pop("severity", "")).upper()
    if not all(isinstance(value, str) for value in situation.values()) or severity not in ("", *Severity):
        raise InputError(
            "Bad line",
            f'{where}: "lane", "topic" and "language" are texts, "severity" is one of {", ".join(Severity)};'
            " correct it and run again.",
        )
    from tui.setup.open_desk import lanes
    from tui.setup.settings import load

    harm = harm_lanes(lanes(load().settings)) if "lane" in situation else HARM_LANES
    return Situation(severity=Severity(severity) if severity else None, harm_lanes=harm, **situation)


def _figures(score: Score) -> dict[str, Any]:
    """Return the counts as percentages under the keys that scripts know."""
    return {
        "ranked": score.ranked,
        "top1": score.share(score.first),
        "top3": score.share(score.in_three),
        "suggested": score.share(score.suggested),
        "used_top1": score.share(score.used_first),
        "used_top3": score.share(score.used_in_three),
    }


def _taught(path: Path | None, library: Library) -> Suggester:
    if path is None:
        suggester = Suggester(sense())
        teach(suggester, library)
        teach_limits(suggester)
        return suggester
    history = _history(path)
    suggester = _knowing({example.macro for example in history}, library)
    for example in history:
        suggester.learn(example.text, example.macro, language=example.language)
    suggester.settle()
    return suggester


def _history(path: Path) -> list[Example]:
    """Read answered messages. Raises InputError with the line."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    pairs = [
        _object(line, f"{path}, line {number}", "text", "macro") for number, line in enumerate(lines, 1) if line.strip()
    ]
    return [Example(pair["text"], pair["macro"], str(pair.get("language") or "")) for pair in pairs]


def _knowing(names: Iterable[str], library: Library) -> Suggester:
    """Return a suggester that knows these macros by their titles and texts, or by their names."""
    suggester = Suggester(sense())
    by_name = {macro.name: macro for macro in library}
    for name in sorted(names):
        if name in by_name:
            suggester.know([by_name[name]])
        else:
            suggester.know_name(name)
    return suggester


def _lines() -> Iterator[str]:
    """Yield the lines of standard input as they come, without waiting for its end; odd bytes become U+FFFD."""
    source = sys.stdin.buffer
    while raw := source.readline():
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


def _object(line: str, where: str, *keys: str) -> dict[str, Any]:
    """Read one JSON line that has to hold texts under `keys`; InputError names the place."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not all(isinstance(given.get(key), str) for key in keys):
        wanted = " and ".join(f'"{key}"' for key in keys)
        raise InputError("Bad line", f"{where} is not a JSON object with {wanted} as texts: correct it and run again.")
    return given
