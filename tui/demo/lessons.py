"""The tutorial's lessons: what each step asks for and why, and the requests that it is played with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from tui.keys.actions import Scope
from tui.look.words import words

if TYPE_CHECKING:
    from data.demo import DemoText
    from data.records.incoming import Incoming
    from tui.context.desk_context import DeskContext

FEWEST_LETTERS = 12
"""As many keys are enough for the step in which a reply is typed."""
SAFETY = 2
"""The place of the lane with safety reports."""
REQUESTS = (
    ("mail", "locked-account", 3 * 3600),
    ("mail", "crash", 2 * 3600),
    ("app", "login-code", 5 * 3600),
    ("safety", "hacked-account", 600),
)
"""Lane, topic and age in seconds of the requests that wait in the tutorial, each in the language of the interface."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; it is done when the desk shows it, and begun again when what it needs is gone."""

    actions: tuple[str, ...]
    """The actions of the registry whose keys are right."""
    do: str
    """What to press; `{key}` is the key of the first action, as the agent has bound it."""
    why: str
    is_done: Callable[[DeskContext], bool]
    scope: Scope = Scope.LIST
    """Where the keys of this step apply: a wrong one is explained by what it does there."""
    is_possible: Callable[[DeskContext], bool] = lambda desk: True
    """Whether what the step needs is in sight; if not, the step before it comes again."""
    keys: tuple[str, ...] = ()
    """Right keys that no action of the registry has."""
    types: bool = False
    """Text is typed here, so every key that types is right."""
    letters: int = 0
    """It is done, too, once so many of those were pressed."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Some steps that begin at the desk; a tutorial that was left goes on at the beginning of a lesson."""

    title: str
    steps: tuple[Step, ...]


def lessons() -> tuple[Lesson, ...]:
    """Return the lessons in the language of the interface."""
    return (
        Lesson(words("Your first ticket"), (*_answer(), *_undo())),
        Lesson(words("In your own words"), _write()),
        Lesson(words("What comes next, and its procedure"), _steps()),
        Lesson(words("Finding everything else"), _find()),
    )


def _answer() -> tuple[Step, ...]:
    return (
        Step(
            ("ticket.view",),
            words("{key} opens the ticket under the cursor"),
            words("A list shows a line or two of each ticket; opening one shows the whole conversation."),
            lambda desk: desk.reading and desk.view.ticket_id is not None,
        ),
        Step(
            ("macro.slot_1",),
            words("{key} shows the answer that fits best"),
            words("The digits hold ready answers. They are filled in and written in the customer's language; "
                  "looking at one sends nothing."),
            lambda desk: _on_card(desk) or _has_answered(desk),
        ),
        Step(
            ("preview.solve",),
            words("{key} sends it and opens the next ticket"),
            words("This is the rhythm of the desk: read, a digit, {key}. The card says what becomes of the ticket, and "
                  "holds back an answer in which something is missing."),
            _has_answered,
            Scope.PREVIEW,
            _on_card,
        ),
    )  # fmt: skip


def _undo() -> tuple[Step, ...]:
    return (
        Step(
            ("desk.undo",),
            words("{key} takes all of that back"),
            words("An answer waits ten seconds before it leaves, here some minutes. Until then, one key undoes reply, "
                  "status and tags together."),
            lambda desk: not desk.store.outbox.counts() or _has_left(desk),
        ),
        Step(
            ("desk.redo",),
            words("{key} does it again after all"),
            words("What was undone is not lost either. The customer gets the answer once."),
            _has_answered,
        ),
    )  # fmt: skip


def _write() -> tuple[Step, ...]:
    return (
        Step(
            ("ticket.reply",),
            words("{key} writes a reply yourself"),
            words("Where no ready answer fits, you write. Your keys are letters from here on."),
            lambda desk: desk.writing(),
        ),
        Step(
            (),
            words("type a sentence to the customer"),
            words("Every letter is saved as you type it; a power cut loses none of it."),
            lambda desk: False,
            Scope.COMPOSER,
            lambda desk: desk.writing(),
            types=True,
            letters=FEWEST_LETTERS,
        ),
        Step(
            ("composer.leave",),
            words("{key} leaves the reply unfinished"),
            words("The draft stays with the ticket and is marked in the list: look into something else and come back."),
            lambda desk: not desk.writing(),
            Scope.COMPOSER,
            types=True,
        ),
    )


def _steps() -> tuple[Step, ...]:
    return (
        Step(
            ("ticket.urgent",),
            words("{key} opens what is most urgent in all lanes"),
            words("The line above the keys says why this one comes first. You never have to choose from the lists."),
            lambda desk: desk.active == SAFETY and desk.reading,
        ),
        Step(
            ("procedure.step",),
            words("{key} goes to the next open step of its procedure"),
            words("A step says what to check before this ticket is answered. Whoever skips one gives a reason, and it "
                  "is kept."),
            _in_steps,
        ),
        Step(
            ("step.leave",),
            words("{key} leads back to the ticket"),
            words("Nothing was answered. The steps wait until you come to them."),
            lambda desk: not _in_steps(desk),
            Scope.STEPS,
        ),
        Step(
            ("lane.1",),
            words("{key}, two keys one after the other, goes to the first lane"),
            words("Each lane is a queue with an order of its own, and has a number."),
            lambda desk: desk.active == 0,
        ),
    )  # fmt: skip


def _find() -> tuple[Step, ...]:
    return (
        Step(
            ("macro.pick",),
            words("{key} finds any answer by a few letters"),
            words(
                "Nine digits hold nine answers; this list holds all of them, and Tab finds actions, tickets, people."
            ),
            _on_card,
        ),
        Step(
            (),
            words("Esc closes the list"),
            words("Esc always leads back one step, and never quits."),
            lambda desk: not _on_card(desk),
            keys=("escape",),
            types=True,
        ),
        Step(
            ("desk.help",),
            words("{key} lists every key that works here"),
            words("This is the one key to remember. The list knows the keys that you bound yourself, too."),
            _on_card,
        ),
        Step(
            (),
            words("Esc closes the list"),
            words("That was the tutorial: the next key is yours."),
            lambda desk: not _on_card(desk),
            keys=("escape",),
            types=True,
        ),
    )


def _in_steps(desk: DeskContext) -> bool:
    return any(reads() for reads in desk.hooks.is_reading)


def _on_card(desk: DeskContext) -> bool:
    return desk.app.screen is not desk.screen


def _has_answered(desk: DeskContext) -> bool:
    return not _on_card(desk) and (bool(desk.store.outbox.counts()) or _has_left(desk))


def _has_left(desk: DeskContext) -> bool:
    """Return whether an answer has left for good, after which nothing is left to undo."""
    return any(desk.store.outbox.last_sent(number) is not None for number in range(1, len(REQUESTS) + 1))


def requests(language: str, now: int) -> list[Incoming]:
    """Return the requests that wait when the tutorial begins, in English or Spanish, at a time in Unix seconds."""
    from data.demo import DemoMessage, names, texts
    from queues.connectors.demo import incoming

    spoken = language if language in ("en", "es") else "en"
    people = [person for person in names() if person.language == spoken]
    messages = []
    for number, ((lane, topic, age), person) in enumerate(zip(REQUESTS, people, strict=False), 1):
        text = _plainest([each for each in texts() if (each.lane, each.topic, each.language) == (lane, topic, spoken)])
        messages.append(
            DemoMessage(number, text, text.subject, text.text, person.name, f"@{person.handle}",
                        f"{person.handle}@mail.example", -age)
        )  # fmt: skip
    series = sha256(f"tutorial {now}".encode()).hexdigest()[:8]
    return [incoming(message, f"tutorial.{series}", now) for message in messages]


def _plainest(candidates: list[DemoText]) -> DemoText:
    """Return the text that one digit answers, if there is one of its topic, else one in which no one is in danger."""
    return min(candidates, key=lambda text: (not text.ready, text.grave, text.id))
