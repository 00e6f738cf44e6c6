"""The list that opens under `/name` while a reply is written, and under `@name` in a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from data.tables.mentions import key, mentioned
from tui.look.shown import safe_line

MOST_SHOWN = 8
_TYPED = re.compile(r"(?:^|(?<=\s))/([\w./-]*)$|(?<![\w@.+-])@([^\W_][\w.-]*|)$")


@dataclass(frozen=True, slots=True)
class Choice:
    """A possible completion."""

    name: str
    title: str
    sign: str = "/"
    """What it is written after."""


Complete = Callable[[str], Sequence[Choice]]
"""Returns the choices for a sign and the letters after it, `/ref` or `@br`, best first."""


def typed(before_cursor: str) -> str | None:
    """Return the sign and the letters at the end of the line so far, or None if no name is being typed."""
    match = _TYPED.search(before_cursor)
    if match is None:
        return None
    return f"/{match[1]}" if match[1] is not None else f"@{match[2]}"


def people_by(letters: str, agents: Sequence[str]) -> list[Choice]:
    """Return the agents whose name, or a word of it, begins with these letters; none once one is written in full."""
    wanted, choices = key(letters), []
    for agent in agents:
        name = written(agent)
        if not name:
            continue
        if key(name) == wanted or key(agent.partition(" ")[0]) == wanted:
            return []
        if any(key(part).startswith(wanted) for part in (agent, *agent.split())):
            choices.append(Choice(name, agent if name != agent else "", "@"))
    return choices


def written(agent: str) -> str:
    """Return an agent's name as a note can mention it, `eva.lopez` for Eva López; empty where that cannot be."""
    name = ".".join(re.findall(r"\w+", agent))
    return name if mentioned(f"@{name}") == [key(agent)] else ""


def matches_by(letters: str, titles: Sequence[tuple[str, str]]) -> list[Choice]:
    """Return the choices whose name or title contains these letters: exact matches first, then prefixes."""
    wanted = letters.lower()

    def place(name: str) -> int:
        short = name.rpartition("/")[2]
        return 0 if wanted in (name, short) else 1 if name.startswith(wanted) or short.startswith(wanted) else 2

    fitting = [Choice(name, title) for name, title in titles if wanted in f"{name} {title}".lower()]
    return sorted(fitting, key=lambda choice: place(choice.name.lower()))


class Completion(OptionList, can_focus=False):
    """Shows the choices; the text area keeps the focus and drives it."""

    DEFAULT_CSS = """
    Completion { display: none; height: auto; max-height: 10; }
    Completion.-open { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._choices: Sequence[Choice] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose."""
        return bool(self._choices)

    @property
    def chosen(self) -> Choice | None:
        """The choice under the cursor."""
        return self._choices[self.highlighted or 0] if self._choices else None

    def show(self, choices: Sequence[Choice]) -> None:
        """Open with these choices, or close when there are none."""
        self._choices = choices[:MOST_SHOWN]
        self.clear_options()
        for choice in self._choices:
            self.add_option(
                Option(Content(f"{choice.sign}{safe_line(choice.name)}  {safe_line(choice.title)}".rstrip()))
            )
        self.highlighted = 0 if self._choices else None
        self.set_class(self.is_open, "-open")

    def close(self) -> None:
        """Close and clear the choices."""
        self.show(())
