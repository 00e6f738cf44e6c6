"""What is said of a fault of the program itself: a place of ours, and nothing of what customers wrote."""

from __future__ import annotations

from typing import Any

import pytest

from queues.ground.folded_text import fold
from tui.terminal.crash_report import fault_place


def test_a_fault_in_another_room_is_named_by_its_file_there() -> None:
    not_text: Any = 7
    with pytest.raises(AttributeError) as raised:
        fold(not_text)
    assert fault_place(raised.value).startswith("AttributeError at queues/ground/folded_text.py:")
