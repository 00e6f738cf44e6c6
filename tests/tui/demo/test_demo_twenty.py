"""What the README promises of the demo, in a real terminal: `1` and `Enter` twenty times answer twenty tickets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from data.records.tickets import Status
from data.store import Store
from tests.tui.real_terminal import ENTER, Terminal

TIMES = 20


def test_one_and_enter_twenty_times_answer_twenty_tickets(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    with Terminal("demo", "--keep", str(path)) as terminal:
        terminal.see("Enter opens a ticket")
        terminal.press(ENTER)
        terminal.see(r"\n 1 \w.* · 4 [^\W\d]")  # what the digits hold is known
        opened = terminal.see(r"─ #(\d+) ")[1]
        for _ in range(TIMES):
            terminal.press("1")
            # on a busy machine the title of the next ticket is there before its text, for which the key was not meant
            if terminal.see("Enter sends, (solves|waits for the customer), next|Pressed before")[0] == "Pressed before":
                terminal.press("1")
                terminal.see("Enter sends, (solves|waits for the customer), next")
            terminal.press(ENTER)
            opened = terminal.see(rf"\A(?![^\0]*Enter sends)[^\0]*Most urgent: \w+#(?!{opened} )(\d+) ")[1]
        assert terminal.leave() == 0
    store = Store.open(path)
    stand = Counter(ticket.status for ticket in store.tickets.each())
    sent = [message for message in store.messages.each() if message.macro]
    done = stand[Status.SOLVED] + stand[Status.PENDING]  # a macro that asks waits for the customer
    assert (done, len(sent)) == (TIMES, TIMES), stand
    assert len({message.ticket_id for message in sent}) == TIMES
    store.close()
