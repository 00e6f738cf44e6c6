"""Accounts on the desk: listed, set up, changed and removed without leaving it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from data.errors import DeskError
from tui.context.desk_context import DeskContext
from tui.context.hooks import Act
from tui.context.part import Part
from tui.look.words import translated, words

if TYPE_CHECKING:
    from queues.accounts.forms import Remote
    from tui.accounts.accounts_card import Wish
    from tui.accounts.setup import AccountSetup, Kept


class Accounts(Part):
    """The palette's “Accounts…”, and the first screen's e-mail."""

    def __init__(self, desk: DeskContext, setup: AccountSetup | None) -> None:
        """`setup` is None where accounts cannot be set up: in the demo."""
        super().__init__(desk)
        self.setup = setup

    def actions(self) -> Mapping[str, Act]:
        """The accounts."""
        return {"desk.account": self.show}

    def show(self) -> None:
        """Show the accounts, or the kinds to choose from if there are none yet."""
        if self.setup is None:
            self._say_none()
        else:
            self._list_accounts(self.setup, "")

    def set_up(self, kind: str) -> None:
        """Set up a mail account (`mail`), or ask which ticketing system to mirror (`tracker`)."""
        if self.setup is None:
            self._say_none()
        elif kind == "mail":
            self._fill_in(self.setup, None, kind)
        else:
            self._ask_kind(self.setup, mail=False)

    def _say_none(self) -> None:
        self.desk.say(words("The demo has no accounts: quit it and open a desk of your own with `tridesk`."))

    def _list_accounts(self, setup: AccountSetup, marked: str) -> None:
        then = self.desk.only_here(partial(self._show_accounts, setup, marked), of_ticket=False)
        self.desk.in_thread("account", partial(self._look_up, setup, then))

    def _look_up(self, setup: AccountSetup, then: Callable[[list[Remote]], None]) -> None:
        try:
            accounts = setup.accounts()
        except (DeskError, OSError, ValueError) as error:
            message = (
                translated(error.message) if isinstance(error, DeskError) else words("config.toml cannot be read.")
            )
            self.desk.from_thread(self.desk.say, message, severe=True)
            return
        self.desk.from_thread(then, accounts)

    def _show_accounts(self, setup: AccountSetup, marked: str, accounts: list[Remote]) -> None:
        if not accounts:
            self._ask_kind(setup)
            return
        from queues.remotes.links import links
        from tui.accounts.accounts_card import AccountsCard

        def wished(wish: Wish | None) -> None:
            selected = next((account for account in accounts if wish is not None and account.name == wish.name), None)
            if wish is not None and wish.verb == "add":
                self._ask_kind(setup)
            elif wish is not None and selected is not None and wish.verb == "change":
                self._fill_in(setup, selected)
            elif selected is not None:
                self._ask_removal(setup, selected.name)

        self.desk.push_screen(
            AccountsCard(accounts, lambda: (links(self.desk.store), self.desk.clock()), setup, marked), wished
        )

    def _ask_kind(self, setup: AccountSetup, *, mail: bool = True) -> None:
        from queues.accounts.forms import MAIL, form_of, kinds
        from tui.cards.key_menu import KeyMenu, Line

        offered = [kind for kind in kinds() if mail or kind != MAIL]
        lines = [Line(str(n), kind, words(form_of(kind).title)) for n, kind in enumerate(offered, 1)]
        title = words("What do you want to set up?")
        self.desk.push_screen(KeyMenu(title, lines), lambda kind: self._fill_in(setup, None, kind) if kind else None)

    def _fill_in(self, setup: AccountSetup, account: Remote | None, kind: str = "") -> None:
        from queues.accounts.forms import form_of, kind_of
        from tui.accounts.account_form import AccountForm

        form = form_of(kind if account is None else kind_of(account))

        def filled(kept: Kept | None) -> None:
            if kept is not None:
                self.desk.say(kept.sentence)
                self.desk.toast(kept.sentence)
                self._begin_anew(setup)
            elif account is not None:
                self._list_accounts(setup, account.name)

        self.desk.push_screen(AccountForm(form, setup, account), filled)

    def _ask_removal(self, setup: AccountSetup, name: str) -> None:
        from tui.cards.key_menu import KeyMenu, Line

        def answered(yes: str | None) -> None:
            if yes:
                self.desk.in_thread("account", partial(self._remove, setup, name))

        line = Line("y", "yes", words("Yes, remove it from the settings; its tickets stay"))
        title = words("Remove the account {name}?").format(name=name)
        self.desk.push_screen(KeyMenu(title, [line], words("Esc keeps it")), answered)

    def _remove(self, setup: AccountSetup, name: str) -> None:
        try:
            setup.remove(name)
        except (DeskError, OSError) as error:
            message = translated(error.message) if isinstance(error, DeskError) else f"config.toml: {error.strerror}."
            self.desk.from_thread(self.desk.say, message, severe=True)
            return
        self.desk.from_thread(self.desk.say, words("The account {name} was removed.").format(name=name))
        self.desk.from_thread(self._begin_anew, setup)

    def _begin_anew(self, setup: AccountSetup) -> None:
        self.desk.in_thread("account", partial(self._begin_in_thread, setup))

    def _begin_in_thread(self, setup: AccountSetup) -> None:
        """Reload the accounts in the desk and the mail process; takes as long as the mail process needs to stop."""
        try:
            setup.begin_anew()
        except DeskError as error:
            message = words("{why} Fix that, then quit and open the desk again.").format(why=translated(error.message))
            self.desk.from_thread(self.desk.say, message, severe=True)
            return
        self.desk.from_thread(self.desk.show_header)
