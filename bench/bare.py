"""The least that a Textual application can be: one line of text that changes with each key."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    presses = 0

    def compose(self) -> ComposeResult:
        yield Static("bare-is-ready")

    def on_key(self, event: events.Key) -> None:
        self.presses += 1
        self.query_one(Static).update(f"pressed {self.presses}")


if __name__ == "__main__":
    Bare().run()
