"""Keys through a real terminal: pasted text, answers of the terminal, bursts, and words behind the filter's key."""

from __future__ import annotations

from pathlib import Path

from data.records.tickets import Status
from data.store import Store
from tests.tui.real_terminal import Terminal

COLOURED = "\x1b[200~deploy \x1b[1mdone\x1b[0m\nok 1 e\n\x1b[201~"
ANSWERS = "\x1b]11;rgb:eeee/eeee/eeee\x07\x1b[?62;1c\x1b_Gi=1;OK\x1b\\\x1b]52;c;ZWVl\x1b\\"


def test_nothing_happens_that_nobody_meant(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    with Terminal("demo", "--keep", str(path)) as terminal:
        terminal.see("Enter opens a ticket")
        terminal.press(ANSWERS + COLOURED)
        terminal.see("(?i)pasted text is ignored here")
        terminal.press("please see the error\r")
        terminal.see("keys at once are taken for pasted text")
        terminal.press("/#12\r")
        terminal.see(r"▌ .*\b12 ")
        terminal.press("ppppp")
        terminal.see("4 keys did nothing")
        assert terminal.leave() == 0
    store = Store.open(path)
    assert sum(one.status is Status.PENDING for one in store.tickets.each()) == 1
    assert not sum(store.outbox.counts().values())
    store.close()


def test_the_key_that_locks_hides_everything_in_a_real_terminal(tmp_path: Path) -> None:
    with Terminal("demo", "--keep", str(tmp_path / "demo.db")) as terminal:
        terminal.see("Enter opens a ticket")
        terminal.press("\x1b[24~")
        terminal.see("Enter shows it again")
        terminal.press("\r")
        terminal.see("Enter opens a ticket")
        terminal.take_in(0.3)  # a key that comes before the desk is drawn again is not for it
        assert terminal.leave() == 0
