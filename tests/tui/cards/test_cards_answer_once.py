"""Every screen over the desk answers once: what arrives after its answer takes nothing else away."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.screen import ModalScreen, Screen

import tui
from data.confidential.items import Kind
from data.records.changes import Change, Finding
from data.records.customers import Customer
from data.records.messages import Attachment, Direction, Draft, FormDraft, Message, MessageKind
from data.records.outbox import OutboxEntry, OutboxState
from data.records.reviews import Review
from macros.files.library import Library
from queues.accounts.forms import MAIL, form_of
from queues.accounts.mail_account import Account
from queues.files.kept_files import TicketFile
from queues.quality.cards import built_in
from tests.tui.playing import NOW, drained
from tui.accounts.account_form import AccountForm
from tui.accounts.accounts_card import AccountsCard
from tui.accounts.setup import AccountSetup
from tui.cards.ask_form import AskForm
from tui.cards.ask_line import AskLine
from tui.cards.base_card import BaseCard
from tui.cards.base_screen import BaseScreen
from tui.cards.key_menu import KeyMenu, Line
from tui.cards.lines_card import LinesCard
from tui.cards.new_key import Judged, NewKey
from tui.cards.pick_list import PickList
from tui.cards.text_card import TextCard
from tui.customer.customer_card import CustomerCard
from tui.customer.hidden_card import HiddenCard
from tui.customer.hidden_items import HiddenItem
from tui.customer.language_card import LanguageCard
from tui.deciding.escalate_form import EscalateForm, Proposal
from tui.deciding.history_card import HistoryCard
from tui.files.file_card import FileCard, Seen
from tui.files.files_card import FilesCard
from tui.first_run.import_card import ImportCard
from tui.first_run.importing import Progress
from tui.first_run.settings_card import Answers, SettingsCard
from tui.look.theme import THEMES, theme_name
from tui.palette import entries
from tui.palette.entries import Entry, Group, Listed
from tui.palette.palette_card import PaletteCard
from tui.procedures.changed_wording_card import ChangeCard
from tui.replying.bulk_card import BulkCard
from tui.replying.bulk_plan import Plan
from tui.replying.draft_choice import DraftChoice
from tui.replying.outbox_card import OutboxCard, Waiting
from tui.replying.outgoing_card import Leaving, OutgoingCard
from tui.replying.outgoing_form import OutgoingForm
from tui.replying.reply_card import ReplyCard
from tui.replying.reply_card_lines import Card
from tui.reviews.my_reviews import MyReviews
from tui.reviews.scorecard_form import Sheet
from tui.reviews.screen import Hands, ReviewScreen
from tui.reviews.waiting_reviews import Given, Item
from tui.ticket.history_lines import HistoryLine


def message(direction: Direction = Direction.IN) -> Message:
    return Message(1, 1, direction, MessageKind.MAIL, "Ana", "ana@x.example", "Hola", "Hola", "Hola", NOW, NOW)


def entry() -> OutboxEntry:
    return OutboxEntry(1, 1, 1, "mail", OutboxState.HELD, "<1@x.example>", "ana@x.example", b"", NOW)


def setup_of(folder: Path) -> AccountSetup:
    return AccountSetup(folder, lambda typed: None)


def review_screen() -> ReviewScreen:
    card = built_in()["support-reply"]
    done = Hands(lambda item, card: Sheet(card, "en"), _nothing, _nothing, _nothing, _nothing, _nothing, _nothing,
                 _nothing, _nothing)  # fmt: skip
    item = Item(message(Direction.OUT), ("drawn",), "ann", "Hola", "", "mail", "en")
    return ReviewScreen([item], {card.id: card}, done)


def my_reviews() -> MyReviews:
    review = Review(1, 1, 1, "ann", "bea", "support-reply@1", 90.0, (), "", NOW)
    given = Given(review, (), (), message(Direction.OUT), "Hola", "", "en", None)
    return MyReviews([given], NOW, _nothing, _nothing, _nothing)


def ask_form() -> AskForm:
    return AskForm(next(macro for macro in Library.standard() if macro.asks), "en", {})


def kept_file() -> TicketFile:
    return TicketFile(message(), Attachment("photo.png", "image/png", 3, "ab", 0))


def event_of_history() -> HistoryLine:
    return HistoryLine(2, 1, NOW, "ann", "change", "changed: status new → open", {}, "done", True)


async def _two_macros(group: Group, text: str) -> Listed:
    return Listed((Entry(entries.Kind.MACRO, "a/one", "one"), Entry(entries.Kind.MACRO, "a/two", "two", weak=True)))


async def _no_preview(entry: Entry) -> str:
    return f"en\n\nThe text of {entry.title}."


def _nothing(*given: object) -> None:
    """Stand for what a card asks of the desk."""


LEAVING = Leaving(
    "Forward #1", "b@x.example", "Fwd: Hola", "Hi", [("a.txt", 3)], [Finding("name", "A name leaves.")], ["Ask first."]
)
CARDS: dict[type[ModalScreen[Any]], Callable[[Path], ModalScreen[Any]]] = {
    AccountForm: lambda folder: AccountForm(form_of(MAIL), setup_of(folder)),
    AccountsCard: lambda folder: AccountsCard([Account("a", "a@x.example")], lambda: ({}, NOW), setup_of(folder)),
    AskForm: lambda folder: ask_form(),
    AskLine: lambda folder: AskLine("Why?", "in words", "because"),
    BulkCard: lambda folder: BulkCard("All", Plan({1: Change(reply="Hi", reply_language="en")}, {None: {}}, {})),
    ChangeCard: lambda folder: ChangeCard("Changed", "this", ()),
    CustomerCard: lambda folder: CustomerCard(Customer(1, "Ana"), (), 1, NOW),
    DraftChoice: lambda folder: DraftChoice(Draft(1, "mine"), Draft(1, "theirs")),
    EscalateForm: lambda folder: EscalateForm("#1", (), Proposal("Legal", "a claim"), NOW),
    FileCard: lambda folder: FileCard(kept_file(), Seen((), "uno")),
    FilesCard: lambda folder: FilesCard([kept_file()], NOW),
    HistoryCard: lambda folder: HistoryCard("#1", "1 reply", [event_of_history()], "UTC"),
    ImportCard: lambda folder: ImportCard("mail.mbox", Progress()),
    KeyMenu: lambda folder: KeyMenu("Which?", [Line("a", "a", "this one"), Line("b", "b", "that one")]),
    LanguageCard: lambda folder: LanguageCard("#1", "en"),
    HiddenCard: lambda folder: HiddenCard([HiddenItem(Kind.PHONE, "612 345 678", "subject")], print),
    LinesCard: lambda folder: LinesCard("Lines", [("a", "one"), ("b", "two")], "keys"),
    MyReviews: lambda folder: my_reviews(),
    OutboxCard: lambda folder: OutboxCard([Waiting(entry(), "Hi", "Hola")]),
    OutgoingCard: lambda folder: OutgoingCard(LEAVING, may_hold=True),
    OutgoingForm: lambda folder: OutgoingForm(
        "Forward #1", FormDraft(1, "b@x.example", text="Hi"), "Fwd: Hola", ["a.txt"], keep=lambda draft: None
    ),
    NewKey: lambda folder: NewKey("New key for: Solve", "e", lambda keys: Judged(), sequences=True),
    PaletteCard: lambda folder: PaletteCard(entries.MACROS, _two_macros, _no_preview),
    PickList: lambda folder: PickList([("a", "one"), ("b", "two")]),
    ReplyCard: lambda folder: ReplyCard(Card("A reply", "ana@x.example", Change(reply="Hi", reply_language="en"))),
    ReviewScreen: lambda folder: review_screen(),
    SettingsCard: lambda folder: SettingsCard(
        Answers("en", "Ana", "Acme", "usted", "gmail"), "ana", "g s", lambda answers: "", is_new=True
    ),
    TextCard: lambda folder: TextCard("Words", "some"),
}


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def ours(kind: type[Any]) -> set[type[Any]]:
    """Return every class of the screen's modules that derives from a kind."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return {one for one in subclasses(kind) if one.__module__.startswith("tui.")}


def test_every_screen_derives_from_the_base_that_answers_once() -> None:
    assert {one for one in ours(ModalScreen) if not issubclass(one, BaseCard)} == set()
    assert {one for one in ours(Screen) if not issubclass(one, BaseScreen)} == set()
    assert {one for one in ours(Screen) if one is not BaseScreen and "dismiss" in vars(one)} == set()
    assert ours(BaseCard) == set(CARDS), "a card without an entry in CARDS"


class Bench(App[None]):
    """A screen that stands for the desk, and a card over it."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Screen[None] = Screen(id="desk")
        self.answers: list[object] = []
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_name("")

    async def on_mount(self) -> None:
        await self.push_screen(self.desk)


TWO = [("enter", "enter"), ("escape", "escape"), ("enter", "escape"), ("ctrl+s", "ctrl+s"), ("b", "b"), ("q", "q")]


@pytest.mark.parametrize("keys", TWO, ids="+".join)
@pytest.mark.parametrize("kind", CARDS, ids=lambda kind: kind.__name__)
async def test_two_keys_in_one_read_leave_the_desk_standing(
    tmp_path: Path, kind: type[ModalScreen[Any]], keys: tuple[str, str]
) -> None:
    app = Bench()
    async with app.run_test(size=(100, 30)) as pilot:
        card = CARDS[kind](tmp_path)
        await app.push_screen(card, app.answers.append)
        if keys != ("escape", "escape"):  # quick: before the card is drawn
            await drained(pilot)
        for key in keys:
            app.post_message(events.Key(key, "\r" if key == "enter" else key if len(key) == 1 else None))
        await drained(pilot)
        assert app.desk in app.screen_stack
        assert len(app.answers) == (card not in app.screen_stack)


@pytest.mark.parametrize("kind", CARDS, ids=lambda kind: kind.__name__)
async def test_a_second_answer_takes_nothing_away_and_a_late_one_neither(
    tmp_path: Path, kind: type[ModalScreen[Any]]
) -> None:
    app = Bench()
    async with app.run_test(size=(100, 30)) as pilot:
        card = CARDS[kind](tmp_path)
        await app.push_screen(card, app.answers.append)
        card.dismiss("first")
        card.dismiss("second")
        await drained(pilot)
        card.dismiss("late")
        await drained(pilot)
        assert (app.screen, app.answers) == (app.desk, ["first"])


async def test_an_answer_below_another_card_waits_for_it_and_takes_only_its_own_screen() -> None:
    app = Bench()
    async with app.run_test(size=(100, 30)) as pilot:
        below, above = AskLine("Why?", ""), AskLine("And why?", "")
        at_the_end: list[object] = [app.desk, ["above", "below"]]
        await app.push_screen(below, app.answers.append)
        await app.push_screen(above, app.answers.append)
        below.dismiss("below")
        await drained(pilot)
        assert app.screen is above
        above.dismiss("above")
        await drained(pilot)
        assert [app.screen, app.answers] == at_the_end
