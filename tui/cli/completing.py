"""What the shell offers after Tab: ticket numbers, macros, lanes, tags, teams; nothing where it cannot be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from data.errors import DeskError, InputError
from data.store import Store
from tui.look.shown import safe_line
from tui.setup.settings import config_folder, load, store_path

OFFERED = 50
"""The most values that are offered at once."""
Values = Callable[[Store], Iterator[tuple[str, str]]]
"""Yields values and what they mean."""


class TicketNumber(click.IntRange):
    """The number of a ticket; the active tickets are offered, with their subjects."""

    def __init__(self) -> None:
        super().__init__(1, 2**53)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the numbers that begin so."""
        return _of_desk(ctx, incomplete, _tickets)


class Named(click.ParamType[str]):
    """A text of which the desk, the settings or the library knows values; any other is accepted too."""

    name = "text"

    def __init__(self, values: Callable[[click.Context, str], list[CompletionItem]]) -> None:
        self._values = values

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the values that begin so."""
        return self._values(ctx, incomplete)


class _Kind(click.ParamType[str]):
    """A kind of account: `mail`, or a ticketing system, which another package may have brought along."""

    name = "kind"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the kind; fail with what stands in the way of it."""
        from queues.accounts.kinds import kind_named

        if value != "mail":
            try:
                kind_named(value)
            except InputError as error:
                self.fail(error.message, param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the kinds that begin so."""
        from queues.accounts.kinds import kinds

        return _beginning(incomplete, ((kind, "") for kind in ("mail", *kinds())))


def _of_desk(ctx: click.Context, incomplete: str, values: Values) -> list[CompletionItem]:
    from tui.setup import desk_key

    desk_key.ask_no_more()
    group = ctx.find_root().obj
    path = ctx.params.get("db") or (group if isinstance(group, Path) else None) or store_path()
    try:
        with closing(Store.open(path, create=False)) as store:
            return _beginning(incomplete, values(store))
    except DeskError:
        return []


def _beginning(incomplete: str, values: Iterator[tuple[str, str]]) -> list[CompletionItem]:
    fitting = ((value, about) for value, about in values if value.startswith(incomplete))
    return [CompletionItem(value, help=safe_line(about)) for value, about in islice(fitting, OFFERED)]


def _tickets(store: Store) -> Iterator[tuple[str, str]]:
    for lane in (*store.lanes.all(), None):
        for row in store.tickets.page(lane.name if lane is not None else "", limit=OFFERED):
            yield str(row.id), row.subject


def _lanes(store: Store) -> Iterator[tuple[str, str]]:
    yield from ((lane.name, lane.title) for lane in store.lanes.all())


def _tags(store: Store) -> Iterator[tuple[str, str]]:
    lanes = [*(lane.name for lane in store.lanes.all()), ""]
    yield from ((tag, "") for tag in sorted({tag for lane in lanes for tag in store.tickets.values(lane, "tag")}))


def _tickets_and_tags(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    if incomplete[:1] in ("+", "-") and incomplete:
        tags = _of_desk(ctx, incomplete[1:], _tags)
        return [CompletionItem(f"{incomplete[0]}{item.value}") for item in tags]
    return _of_desk(ctx, incomplete, _tickets)


def _macros(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    from tui.cli.macro_folder import library_of

    folder = ctx.params.get("folder")
    try:
        macros = list(library_of(folder if isinstance(folder, Path) else None))
    except DeskError:
        return []
    return _beginning(incomplete, ((macro.name, macro.title.for_language("en")) for macro in macros))


def _teams(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    try:
        teams = load().settings.team
    except DeskError:
        return []
    return _beginning(incomplete, ((team.name, team.address) for team in teams))


def _accounts(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    try:
        remotes = load().settings.remotes
    except DeskError:
        return []
    return _beginning(incomplete, ((remote.name, remote.connector) for remote in remotes))


def _hooks(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    try:
        known = load().settings.hook
    except DeskError:
        return []
    return _beginning(incomplete, ((hook.name, hook.place) for hook in known))


def _procedures(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    from queues.procedures.book import ProcedureBook

    try:
        names = sorted(ProcedureBook(config_folder() / "procedures"))
    except DeskError:
        return []
    return _beginning(incomplete, ((name, "") for name in names))


def _settings(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    from tui.setup.setting_facts import facts

    return _beginning(incomplete, ((fact.name, fact.description) for fact in facts()))


TICKET = TicketNumber()
KIND = _Kind()
LANE = Named(lambda ctx, incomplete: _of_desk(ctx, incomplete, _lanes))
TICKET_OR_TAG = Named(_tickets_and_tags)
MACRO = Named(_macros)
TEAM = Named(_teams)
ACCOUNT = Named(_accounts)
HOOK = Named(_hooks)
PROCEDURE = Named(_procedures)
SETTING = Named(_settings)
