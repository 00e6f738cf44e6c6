"""The card of accounts: the state of each, and keys to add, change, test and remove them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from data.safe_text import safe_line
from queues.accounts.forms import form_of, kind_of
from queues.accounts.mail_account import Account
from tui.accounts.link_line import pace
from tui.accounts.trial_run import TrialRun
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.keys.actions import Scope
from tui.keys.bindings import bindings
from tui.look.one_line import fit, one_line
from tui.look.words import translated, words

if TYPE_CHECKING:
    from queues.accounts.forms import Remote
    from queues.remotes.links import Link
    from tui.accounts.setup import AccountSetup

MOST_LINES = 10
Ways = tuple[Mapping[str, "Link"], int]
"""The state of each account, by connector, and the current time."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the agent wants: `add`, or to `change` or `remove` the account of this name."""

    verb: str
    name: str = ""


class AccountsCard(BaseCard[Wish]):
    """Returns the requested action; Esc returns nothing."""

    CSS_PATH = "accounts_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.ACCOUNTS)

    def __init__(
        self, accounts: Sequence[Remote], ways: Callable[[], Ways], setup: AccountSetup, marked: str = ""
    ) -> None:
        """`ways` returns the state of the accounts and the current time."""
        super().__init__()
        self._accounts, self._ways = accounts, ways
        self.trial = TrialRun(self, setup, self._tell)
        self._marked = next((n for n, account in enumerate(accounts) if account.name == marked), 0)
        self._lines = Static("", id="accounts-lines", markup=False)
        self._asked = Static("", id="accounts-asked", markup=False)
        self._message = Static("", id="accounts-told", markup=False)
        self._message.display = False

    def compose(self) -> ComposeResult:
        """One line per account, the state of the selected one, the test result, keys."""
        with Vertical(id="accounts"):
            yield Static(Content(words("Accounts")), id="accounts-title", markup=False)
            yield self._lines
            yield self._asked
            yield self._message
            keys = words("a add · Enter change · t try · x remove · j k next · Esc back")
            yield KeyLine(keys, id="accounts-keys")

    def on_mount(self) -> None:
        """Show the accounts and keep their states up to date."""
        self._show()
        self.set_interval(1, self._show)

    def action_move(self, step: int) -> None:
        """Mark another."""
        self._marked = min(max(0, self._marked + step), len(self._accounts) - 1)
        self._show()

    def action_add(self) -> None:
        """Add an account."""
        self.dismiss(Wish("add"))

    def action_change(self) -> None:
        """Change the selected account."""
        self.dismiss(Wish("change", self._accounts[self._marked].name))

    def action_remove(self) -> None:
        """Remove the selected account."""
        self.dismiss(Wish("remove", self._accounts[self._marked].name))

    def action_try_out(self) -> None:
        """Test the login of the selected account."""
        self.trial.begin(self._accounts[self._marked])

    def action_leave(self) -> None:
        """Cancel a running test, else leave."""
        if not self.trial.end():
            self.dismiss(None)

    def _tell(self, sentence: str, *, good: bool) -> None:
        """Show one sentence under the accounts."""
        self._message.update(Content(one_line(sentence)))
        self._message.display = bool(sentence)
        self._message.set_class(not good, "-wrong")

    def _show(self) -> None:
        start = max(0, min(self._marked - MOST_LINES // 2, len(self._accounts) - MOST_LINES))
        shown = list(enumerate(self._accounts))[start : start + MOST_LINES]
        links, now = self._ways()
        self._lines.update(Content("\n".join(self._line(number, account, links) for number, account in shown)))
        link = links.get(self._accounts[self._marked].connector)
        parts = (one_line(translated(link.sentence)), pace(link, now)) if link else ()
        self._asked.update(Content("  ".join(part for part in parts if part)))
        self._asked.display = any(parts)

    def _line(self, number: int, account: Remote, links: Mapping[str, Link]) -> str:
        mark = "▸" if number == self._marked else " "
        place = account.address if isinstance(account, Account) else account.url
        link = links.get(account.connector)
        state = words(link.state) if link else words("not asked yet")
        about = safe_line(f"{place} · {words(form_of(kind_of(account)).title)}")
        return f"{mark} {fit(one_line(account.name), 12)} {fit(state, 13)} {about}"
