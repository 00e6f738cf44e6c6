"""The rows of a form leave room for the words beside them, whenever those become more or fewer."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from tests.tui.playing import drained
from tui.cards.form_rows import FormRows, FormText


class Bench(App[None]):
    CSS = "Screen { layout: vertical; } #form { height: auto; max-height: 100%; } #rows, #text, #keys { height: auto; }"

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            yield FormRows(
                *(Input(compact=True) for _ in range(30)), go_on=lambda: None, frame=0, percent=100, least=2, id="rows"
            )
            yield FormText("one line", id="text")
            yield Static("the keys", id="keys")

    def on_mount(self) -> None:
        self.call_after_refresh(self.query_one(FormRows).fit)


async def test_the_keys_stay_in_sight_while_the_words_above_them_change() -> None:
    app = Bench()
    async with app.run_test(size=(60, 20)) as pilot:
        for words in ("one line", "three\nlines\nof words", "one line", "many\n" * 9 + "lines"):
            app.query_one(FormText).update(words)
            await drained(pilot)
            rows, keys = app.query_one(FormRows).region, app.query_one("#keys").region
            assert keys.bottom == 20
            assert rows.height == 20 - 1 - len(words.splitlines())
