"""The views of a lane that an agent can choose from, built in or saved under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.records.tickets import Status, View
from tui.look.words import words

WAITING = "waiting"
LISTED = "listed"
"""The base of a view of tickets listed elsewhere; such a view is temporary."""
SETTING = "views"
"""The key of the saved views in the store's settings."""
BY_STATUS = (
    Status.PENDING,
    Status.ON_HOLD,
    Status.SNOOZED,
    Status.SOLVED,
    Status.CLOSED,
    Status.SUSPENDED,
    Status.HISTORY,
)


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view as it is chosen and saved: its base, its search text, the name it was saved under."""

    base: str = WAITING
    """`waiting`, `mine`, `nobody`, `today`, `status:pending`, `language:es` or `tag:vip`."""
    words: str = ""
    name: str = ""
    among: tuple[int, ...] | None = None
    """The only tickets that it shows."""

    @property
    def plain(self) -> bool:
        """The whole lane, as it is without any choice."""
        return self == NamedView()

    @property
    def title(self) -> str:
        """A few words for the lane's title."""
        shown = self.name or base_title(self.base)
        return shown if self.name or not self.words else f"{shown} “{self.words}”"

    def view(self, agent: str, now: int) -> View:
        """Return the store's view; resolves *mine* to the agent and *today* to a time."""
        kind, _, value = self.base.partition(":")
        match kind:
            case "listed":
                return View(everything=True)
            case "mine":
                return View(assignee=agent)
            case "nobody":
                return View(assignee="")
            case "today":
                return View(status=Status.SOLVED, since=midnight(now))
            case "status":
                return View(status=Status(value))
            case "language":
                return View(language=value)
            case "tag":
                return View(tag=value)
        return View()


def base_title(base: str) -> str:
    """Describe a base in a few words."""
    kind, _, value = base.partition(":")
    fixed = {
        WAITING: words("everything waiting"),
        "mine": words("mine"),
        "nobody": words("unassigned"),
        "today": words("solved today"),
    }
    if kind == "status":
        return words(value)
    return fixed.get(kind) or (f"+{value}" if kind == "tag" else words("waiting in {code}").format(code=value))


def midnight(now: int) -> int:
    """Return when the day of `now` began where the agent is."""
    return int(datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0).timestamp())


def saved(stored: Any) -> list[NamedView]:
    """Return the views of the store's setting; invalid entries are left out."""
    saved_views = []
    for entry in stored if isinstance(stored, list) else []:
        if isinstance(entry, Mapping) and all(isinstance(entry.get(key), str) for key in ("base", "words", "name")):
            view = NamedView(entry["base"], entry["words"], entry["name"])
            if view.name and _known(view.base):
                saved_views.append(view)
    return saved_views


def stored(views: list[NamedView]) -> list[dict[str, str]]:
    """Return the value of the store's setting for the views."""
    return [{"base": view.base, "words": view.words, "name": view.name} for view in views]


def _known(base: str) -> bool:
    kind, _, value = base.partition(":")
    if kind == "status":
        return value in [status.value for status in BY_STATUS]
    return kind in (WAITING, "mine", "nobody", "today") or (kind in ("language", "tag") and bool(value))
