"""The helper answers every message, in order, and survives what a message does to it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from data.errors import ConnectorError
from queues.helper.client import Helper, RawMessage

# Answers like the real one, but hangs, dies or eats memory when the message says so.
MOODY = """
import os, sys, time
from queues.helper import process as helper_process
real = helper_process.answer
def answer(request):
    if b"please hang" in request.raw:
        while True: pass
    if b"please sleep" in request.raw:
        time.sleep(600)
    if b"please die" in request.raw:
        os._exit(9)
    if b"please grow" in request.raw:
        bytearray(1 << 33)
    return real(request)
helper_process.answer = answer
helper_process.SECONDS = 0.2
helper_process.main()
"""


def mail(number: int, text: str = "hello") -> RawMessage:
    return RawMessage(f"From: a@b.example\nSubject: s{number}\n\n{text}".encode(), str(number))


@pytest.fixture
def moody(tmp_path: Path) -> list[str]:
    script = tmp_path / "moody.py"
    script.write_text(MOODY)
    return [sys.executable, str(script)]


def test_answers_come_in_order() -> None:
    messages = [mail(number, "x" * (number * 3_000)) for number in range(150)]
    with Helper(own_addresses=["A@B.example"]) as helper:
        answers = helper.read(messages, connector="files")
        assert helper.read([], connector="files") == []
    assert [answer.subject for answer in answers] == [f"s{number}" for number in range(150)]
    assert {(answer.connector, str(answer.direction)) for answer in answers} == {("files", "out")}


def test_a_large_message_passes() -> None:
    with Helper() as helper:
        (answer,) = helper.read([mail(1, "word " * 400_000)], connector="files")
    assert answer.readable
    assert answer.text.endswith("[…]")


@pytest.mark.parametrize("mood", ["please hang", "please die"])
def test_a_message_that_ends_the_helper_costs_only_itself(moody: list[str], mood: str) -> None:
    with Helper(command=moody) as helper:
        answers = helper.read([mail(1), mail(2, mood), mail(3)], connector="files")
    assert [answer.readable for answer in answers] == [True, False, True]
    assert answers[1].subject == "s2"
    assert answers[1].problem
    assert helper.restarts == 1


def test_waiting_has_an_end(moody: list[str]) -> None:
    with Helper(command=moody, wall_seconds=0.5) as helper:
        (answer,) = helper.read([mail(1, "please sleep")], connector="files")
    assert "0.5 s" in answer.problem


def test_memory_is_limited(moody: list[str]) -> None:
    with Helper(command=moody) as helper:
        first, second = helper.read([mail(1, "please grow"), mail(2)], connector="files")
    assert not first.readable
    assert second.readable


def test_a_helper_that_cannot_start_is_told() -> None:
    with pytest.raises(ConnectorError), Helper(command=[sys.executable, "-c", ""]) as helper:
        helper.read([mail(1)], connector="files")
