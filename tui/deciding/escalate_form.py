"""The form that escalates a ticket to another team: which team, reason, due time and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from data.errors import InputError
from data.records.escalations import Escalation
from data.safe_text import safe_line
from queues.ground import teams
from queues.ground.teams import Team
from tui.cards.base_card import BaseCard
from tui.cards.key_line import KeyLine
from tui.cards.written_area import WrittenArea
from tui.deciding.escalation_text import due_of
from tui.look.one_line import one_line
from tui.look.words import translated, words

MOST_SHOWN = 6
"""The most teams listed under the line."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The initial values, from the ticket's procedure or the macros of its topic."""

    team: str = ""
    reason: str = ""
    due: str = ""
    """As it is typed: `4h`, `2d`."""


class EscalateForm(BaseCard[Escalation]):
    """Enter escalates as soon as team and reason are filled in; Esc changes nothing."""

    CSS_PATH = "../cards/text_card.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave"),
        Binding("ctrl+s", "hand_over", priority=True),
        Binding("down", "step(1)"),
        Binding("up", "step(-1)"),
    ]

    def __init__(self, named: str, known: Sequence[Team], proposal: Proposal, now: int, zone: str = "") -> None:
        super().__init__()
        self._named, self._known, self._now, self._zone = named, known, now, zone
        names = [team.name for team in known]
        self.team = self._line(proposal.team, words("a team"), SuggestFromList(names, case_sensitive=False))
        self.reason = self._line(proposal.reason, words("why they have to look at it"))
        self.due = self._line(proposal.due, words("24h, 2d, 2026-11-30; empty: the team's default"))
        self.reference = self._line("", words("their own reference number, if there is one"))
        self.note = WrittenArea(soft_wrap=True, tab_behavior="focus", compact=True)
        self.message = Static("", id="escalate-told", markup=False)

    @staticmethod
    def _line(value: str, hint: str, suggester: SuggestFromList | None = None) -> Input:
        return Input(value, placeholder=hint, compact=True, suggester=suggester, select_on_focus=True)

    def compose(self) -> ComposeResult:
        """Title, one line per field, the text, what will happen, keys."""
        with Vertical(id="escalate"):
            title = words("Escalate {named}").format(named=self._named)
            yield Static(Content(title), id="escalate-title", markup=False)
            for label, line in (
                (words("Team"), self.team),
                (words("Reason"), self.reason),
                (words("Due"), self.due),
                (words("Ref"), self.reference),
            ):
                with Horizontal(classes="escalate-row"):
                    yield Static(Content(label), classes="escalate-label", markup=False)
                    yield line
            yield Static(Content(words("Text for the team (empty: its template)")), id="escalate-words", markup=False)
            yield self.note
            yield self.message
            keys = words("Enter hands over · → completes · Tab next · ctrl+s from the text · Esc leaves")
            yield KeyLine(keys, id="escalate-keys")

    def on_mount(self) -> None:
        """Focus the first required line that is empty, else the line where Enter submits."""
        self._tell()
        (self.team if not self.team.value else self.reason).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what escalating will do."""
        event.stop()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept a completion of the team; escalate once nothing is missing."""
        event.stop()
        if event.input is self.team:
            self.team.value = self._completed()
        self.action_hand_over()

    def action_step(self, step: int) -> None:
        """Go to the line above or below."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_hand_over(self) -> None:
        """Escalate, or go to the first missing value."""
        for line in (self.team, self.reason):
            if not line.value.strip():
                line.focus()
                return
        try:
            due_at = due_of(self.due.value, self._now, self._zone)
        except InputError as error:
            self._tell(translated(error.message))
            self.due.focus()
            return
        self.dismiss(
            Escalation(
                self.team.value.strip(), self.reason.value.strip(), self.reference.value.strip(), due_at,
                note=self.note.text.strip(),
            )
        )  # fmt: skip

    def action_leave(self) -> None:
        """Leave without escalating."""
        self.dismiss(None)

    def _matches(self) -> list[Team]:
        wanted = self.team.value.strip().casefold()
        begin = [team for team in self._known if team.name.casefold().startswith(wanted)]
        return begin + [team for team in self._known if wanted in team.name.casefold() and team not in begin]

    def _completed(self) -> str:
        """Return the team that was typed, or the first known team that starts with it."""
        typed = self.team.value.strip()
        begins = (team.name for team in self._known if typed and team.name.casefold().startswith(typed.casefold()))
        return next(begins, typed)

    def _tell(self, wrong: str = "") -> None:
        """List the matching teams, and how the text will reach the team that was typed."""
        team = teams.find(self._known, self.team.value)
        exact = any(known_team.name.casefold() == team.name.casefold() for known_team in self._known)
        named = " · ".join(one_line(match.name) for match in self._matches()[:MOST_SHOWN])
        if wrong:
            message = one_line(wrong)
        elif exact and team.address:
            message = words("sent by mail to {address}; their answer comes back as a note").format(
                address=safe_line(team.address)
            )
        elif exact or not named:
            message = words("kept as a note; no address for this team: contact them yourself")
        else:
            message = named
        self.message.update(Content(message))
        self.message.set_class(bool(wrong), "-wrong")
