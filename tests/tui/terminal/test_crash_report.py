"""What is said of a fault of the program itself: a place of ours, and nothing of what customers wrote."""

from __future__ import annotations

import asyncio
import threading
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled, WorkerFailed

from queues.ground.folded_text import fold
from tests.tui.playing import fifteen_tickets, play
from tui.app import DeskApp
from tui.setup.settings import state_folder
from tui.terminal.crash_report import fault_place


def test_a_fault_in_another_room_is_named_by_its_file_there() -> None:
    not_text: Any = 7
    with pytest.raises(AttributeError) as raised:
        fold(not_text)
    assert fault_place(raised.value).startswith("AttributeError at queues/ground/folded_text.py:")


@pytest.mark.parametrize("ends", [True, False])
def test_what_a_thread_finds_after_the_end_is_no_fault(tmp_path: Path, ends: bool) -> None:
    """While the desk is open, the same error is one."""

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        going_on = threading.Event()

        def look() -> None:
            going_on.wait()
            raise LookupError

        app.run_worker(look, thread=True)
        if ends:
            app.exit(0)
        going_on.set()
        with suppress(WorkerFailed, WorkerCancelled):
            await app.workers.wait_for_complete()

    with pytest.raises(WorkerFailed) if not ends else nullcontext():
        play(fifteen_tickets(tmp_path / "desk.db"), script)
    assert bool(list(state_folder().glob("crash-*"))) is not ends


def test_a_card_that_is_being_opened_at_the_end_is_given_up(tmp_path: Path) -> None:
    opened: list[str] = []

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        going_on = asyncio.Event()

        async def open_a_card() -> None:
            await going_on.wait()
            opened.append("card")

        worker = app.run_worker(open_a_card())
        await pilot.pause()
        app.exit(0)
        going_on.set()
        with pytest.raises(WorkerCancelled):
            await worker.wait()

    play(fifteen_tickets(tmp_path / "desk.db"), script)
    assert not opened
