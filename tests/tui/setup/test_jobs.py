"""The one writer: its desk can be built anew while it works."""

from __future__ import annotations

import pytest

from data.errors import InputError
from tui.setup.writer import Writer


def test_a_desk_is_built_anew_and_the_old_one_closed() -> None:
    made, closed = list[int](), list[int]()

    def make() -> int:
        if len(made) == 2:
            raise InputError("Settings", "They cannot be used.")
        made.append(len(made))
        return made[-1]

    writer: Writer[int] = Writer(make, closed.append)
    assert writer.submit(lambda desk: desk).result() == 0
    writer.reopen().result()
    assert (writer.submit(lambda desk: desk).result(), closed) == (1, [0])
    with pytest.raises(InputError):
        writer.reopen().result()
    assert writer.submit(lambda desk: desk).result() == 1, "what cannot be built leaves the old one in place"
    writer.stop()
    assert closed == [0, 1]
