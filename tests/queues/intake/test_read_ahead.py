"""One batch is filed while the next is read, in order, and an error comes where its batch would."""

from __future__ import annotations

from threading import Event

import pytest

from queues.intake.read_ahead import read_ahead


def test_the_next_batch_is_read_while_one_is_filed() -> None:
    read = {number: Event() for number in range(4)}

    def note(number: int) -> int:
        read[number].set()
        return -number

    seen = []
    for batch, answer in read_ahead(range(4), note):
        assert read[min(batch + 1, 3)].wait(10)
        seen.append((batch, answer))
    assert seen == [(0, 0), (1, -1), (2, -2), (3, -3)]
    assert list(read_ahead([], note)) == []


def test_what_was_read_before_an_error_is_yielded_first() -> None:
    def read(number: int) -> int:
        if number == 2:
            raise ValueError
        return number

    batches = read_ahead(range(5), read)
    assert [next(batches), next(batches)] == [(0, 0), (1, 1)]
    with pytest.raises(ValueError):  # noqa: PT011 - the error of `read` itself
        next(batches)
