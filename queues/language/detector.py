"""The way in: `detect` names the language of a message with a confidence that means what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.records.tickets import UNKNOWN_LANGUAGE
from queues.language import cleaning, confidence, mixing, other_languages
from queues.language.keyboard_mash import only_mash
from queues.language.model import OTHER, load, softmax
from queues.language.priors import Market, log_priors
from queues.language.product_names import only_products
from queues.language.scripts import (
    NEIGHBOURS,
    by_script,
    has_foreign_letters,
    has_letters_of_others,
    has_own_letters,
    in_script,
)
from queues.language.templates import KnownTexts
from queues.language.tokens import words
from queues.quotes.new_text import is_frame

CUT = 0.90
"""Below this confidence a message is of unknown language: an agent looks, rather than a wrong queue answers."""
MOST_TOKENS = 80
OPEN_WORLD_TOKENS = 4
"""langdetect is not asked about fewer words: it is wrong about them and sure of it."""
SCRIPT_TOKENS = 8
"""Nor about fewer words of a script that a language of ours shares: it takes short Russian for Bulgarian."""
CONFLICT_CAP = 0.5


@dataclass(frozen=True, slots=True)
class Detection:
    """The language of a message, and how far to trust it."""

    language: str
    """ISO 639-1, or `und` below the cut."""
    confidence: float
    """The chance that `best` is right, 0 to 1."""
    source: str
    """What decided: `script`, `model`, `customer` (words and the customer's earlier language), `langdetect`, `none`."""
    mixed: tuple[str, ...] = ()
    """The languages, where sentences are surely of different ones, or English and Spanish take turns; else empty."""
    best: str = UNKNOWN_LANGUAGE
    """The likeliest language, also below the cut; `und` only where there are no words."""


NOTHING = Detection(UNKNOWN_LANGUAGE, 0.0, "none")


def detect(
    text: str,
    *,
    customer_language: str = "",
    market: Market = (),
    known_texts: KnownTexts | Iterable[str] | None = None,
    cut: float = CUT,
) -> Detection:
    """Detect the language of a customer's message, mail or chat, plain or HTML.

    `customer_language` is what the customer wrote before, as far as known; `market` says how common languages are with
    us (`priors.market_of`); `known_texts` are our own texts, which are ignored inside the message (pass a `KnownTexts`
    when there are many messages). Any text is accepted; the same arguments always give the same answer, in any thread
    and any order.
    """
    if known_texts is None:
        cleaned = cleaning.clean(text)
    else:
        our_texts = known_texts if isinstance(known_texts, KnownTexts) else KnownTexts(known_texts)
        # before cleaning, or a line of ours is taken for an answer of a form; after it, for what markup hid
        cleaned = our_texts.subtract(cleaning.clean(our_texts.subtract(text, kept=is_frame)))
    detection = _of_cleaned(cleaned, customer_language, market)
    if detection.confidence >= cut or detection.language == UNKNOWN_LANGUAGE:
        return detection
    return Detection(UNKNOWN_LANGUAGE, detection.confidence, detection.source, detection.mixed, detection.best)


def _of_cleaned(text: str, customer_language: str, market: Market) -> Detection:
    language, shared = by_script(text)
    if language:
        return _of_script(text, language, shared)
    tokens = words(text)[:MOST_TOKENS]
    if not tokens or only_products(tokens) or only_mash(tokens):
        return NOTHING
    model = load()
    scores = model.score(tokens)
    other = softmax(scores.logits)[model.labels.index(OTHER)]
    if other > 0.5 and len(tokens) >= OPEN_WORLD_TOKENS:
        foreign, chance = other_languages.guess(text)
        if foreign and foreign not in model.labels:
            return _detection(foreign, min(chance, 0.97) * other, "langdetect")
    elif other > 0.5 and customer_language not in (*model.labels, "", UNKNOWN_LANGUAGE):
        # a few words in none of our languages, from someone who wrote in none of them before
        return _detection(customer_language, 0.98 * other, "customer")
    best, margin = confidence.lead(model, scores.logits, log_priors(model.labels, customer_language, market))
    sure = confidence.confidence(model, margin, tokens, scores.known, other)
    if other > 0.5:
        sure = min(sure, CONFLICT_CAP)  # likelier none of ours; too few words, or langdetect knows no better
    source = "customer" if customer_language in model.labels else "model"
    if mixed := mixing.sentences_in(model, text):
        return _detection(best, min(sure, CONFLICT_CAP), source, mixed)
    return _detection(best, sure, source, mixing.switches(model, tokens) if best in ("en", "es") else ())


def _of_script(text: str, language: str, shared: bool) -> Detection:
    """Use the script's language, or langdetect's if several languages share the script."""
    if not shared:
        return _detection(language, 0.99, "script")
    written = in_script(text, language)
    if language == UNKNOWN_LANGUAGE:
        guessed, chance = other_languages.guess(written)
        return _detection(guessed, min(chance, 0.98), "langdetect") if guessed else NOTHING
    if has_letters_of_others(written):
        return _detection(language, CONFLICT_CAP, "script")
    foreign = has_foreign_letters(written, language)
    if not foreign and (len(words(written)) < SCRIPT_TOKENS or has_own_letters(written, language)):
        return _detection(language, 0.97, "script")
    guessed, chance = other_languages.guess(written)
    if guessed not in NEIGHBOURS[language]:
        guessed, chance = language, 0.92
    # letters that the likeliest language lacks, and still no other: it is unknown
    return _detection(guessed, min(chance, CONFLICT_CAP if foreign and guessed == language else 0.98), "langdetect")


def _detection(language: str, chance: float, source: str, mixed: tuple[str, ...] = ()) -> Detection:
    return Detection(language, round(chance, 4), source, mixed, language)
