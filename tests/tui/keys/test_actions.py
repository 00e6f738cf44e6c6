from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.playing import fifteen_tickets, play
from tui.accounts.account_form import AccountForm
from tui.accounts.accounts_card import AccountsCard
from tui.app import DeskApp
from tui.customer.language_card import LanguageCard
from tui.deciding.history_card import HistoryCard
from tui.files.files_card import FilesCard
from tui.keys.actions import ACTIONS, BY_ID, Scope, of_scope
from tui.keys.help_lines import PLACES
from tui.procedures.changed_wording_card import ChangeCard
from tui.procedures.panel import ProcedurePanel
from tui.replying.composer import Composer
from tui.replying.outbox_card import OutboxCard
from tui.replying.reply_card import ReplyCard
from tui.reports.screen import ReportScreen
from tui.reports.tickets_card import BehindCard
from tui.reviews.my_reviews import MyReviews
from tui.reviews.screen import ReviewScreen


def test_ids_are_unique_and_well_formed() -> None:
    assert [name for name, times in Counter(action.id for action in ACTIONS).items() if times > 1] == []
    assert [name for name in BY_ID if not re.fullmatch(r"[a-z]+\.[a-z0-9_]+", name)] == []


def test_every_action_explains_itself() -> None:
    for action in ACTIONS:
        assert action.title, action.id
        assert action.tooltip.endswith("."), action.id


def test_every_action_is_called_by_one_textual_action_in_its_scope() -> None:
    for scope in Scope:
        runs = [action.run for action in of_scope(scope)]
        assert len(runs) == len(set(runs))


def test_no_key_needs_alt() -> None:
    assert [action.id for action in ACTIONS for key in action.keys if "alt+" in key] == []


def test_sending_a_suggested_macro_takes_two_keys() -> None:
    assert BY_ID["macro.slot_1"].keys == ("1",)
    assert BY_ID["preview.solve"].keys == ("enter",)


CARRIERS: dict[Scope, type] = {
    Scope.COMPOSER: Composer,
    Scope.PREVIEW: ReplyCard,
    Scope.LANGUAGE: LanguageCard,
    Scope.STEPS: ProcedurePanel,
    Scope.OUTBOX: OutboxCard,
    Scope.CHANGED: ChangeCard,
    Scope.REPORT: ReportScreen,
    Scope.BEHIND: BehindCard,
    Scope.ACCOUNTS: AccountsCard,
    Scope.ACCOUNT: AccountForm,
    Scope.REVIEW: ReviewScreen,
    Scope.MY_REVIEWS: MyReviews,
    Scope.FILES: FilesCard,
    Scope.HISTORY: HistoryCard,
}


@pytest.mark.parametrize("scope", CARRIERS)
def test_every_action_is_carried_out_by_somebody(scope: Scope) -> None:
    names = {action.id: f"action_{action.run.partition('(')[0]}" for action in of_scope(scope)}
    missing = [name for name, method in names.items() if not hasattr(CARRIERS[scope], method)]
    assert missing == []


def test_each_action_of_the_desk_has_exactly_one_part_that_carries_it_out(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        owned = [name for part in app.parts.all for name in part.actions()]
        assert sorted(owned) == sorted(action.id for action in of_scope(Scope.LIST))

    play(fifteen_tickets(tmp_path / "desk.db"), script)


def test_help_has_a_heading_for_every_place_where_keys_count() -> None:
    assert set(PLACES) == set(Scope)
