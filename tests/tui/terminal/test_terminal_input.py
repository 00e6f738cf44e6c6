"""What a terminal sends: a paste is text to its end mark, keys are keys, and answers to queries are neither."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tui.terminal.input import ANSWER_SECONDS, ESCAPE_SECONDS, PASTE_SECONDS, TerminalInput

ANSWERS = {
    "device attributes": b"\x1b[?62;1;6c",
    "secondary device attributes": b"\x1b[>0;276;0c",
    "device status": b"\x1b[0n",
    "window size": b"\x1b[8;24;80t",
    "kitty flags": b"\x1b[?0u",
    "unknown mode": b"\x1b[?9999;0$y",
    "background colour": b"\x1b]11;rgb:eeee/eeee/eeee\x1b\\",
    "background colour, bell": b"\x1b]11;rgb:eeee/eeee/eeee\x07",
    "clipboard": b"\x1b]52;c;ZWVlZQ==\x1b\\",
    "clipboard, eight bits": b"\x9d52;c;ZWVlZQ==\x9c",
    "clipboard, eight bits in UTF-8": "\x9d52;c;ZWVlZQ==\x9c".encode(),
    "graphics": b"\x1b_Gi=1;OK\x1b\\",
    "setting": b"\x1bP1$r0m\x1b\\",
    "version": b"\x1bP>|xterm(390)\x1b\\",
    "privacy message": b"\x1b^eee\x1b\\",
    "start of string": b"\x1bXeee\x1b\\",
    "eight-bit attributes": b"\x9b?62;1c",
    "mouse in bytes": b"\x1b[M eee"[:6],
    "mouse in decimals": b"\x1b[32;10;20M",
    "unknown function key": b"\x1b[999~",
    "other keys, modified": b"\x1b[27;5;101~",
    "bytes that are no text": b"\xff\xfe",
}
KEYS = {
    b"\x1b[A": "up",
    b"\x1bOA": "up",
    b"\x1bOP": "f1",
    b"\x1b[[A": "f1",
    b"\x1b[15~": "f5",
    b"\x1b[1;5C": "ctrl+right",
    b"\x1b[Z": "shift+tab",
    b"\r": "enter",
    b"\x13": "ctrl+s",
    b"\x1b[101;1;101u": "e",
    b"\x1b[13u": "enter",
    "ñ".encode(): "ñ",
    "日".encode(): "日",
}


def read(*parts: bytes, waited: float = 0.0) -> list[str]:
    """Return what comes of parts that are read one after the other: keys by name, pastes in brackets."""
    source, found = TerminalInput(), list[Message]()
    for part in parts:
        found += source.feed(part, 0.0)
    return [named(one) for one in [*found, *source.tick(waited)]]


def named(message: Message) -> str:
    if isinstance(message, events.Paste):
        return f"[{message.text}]"
    return message.key if isinstance(message, events.Key) else type(message).__name__


@pytest.mark.parametrize("sent", KEYS, ids=repr)
def test_keys_are_keys_however_they_are_cut(sent: bytes) -> None:
    assert read(sent + b"j") == [KEYS[sent], "j"]
    for cut in range(1, len(sent)):
        assert read(sent[:cut], sent[cut:] + b"j") == [KEYS[sent], "j"]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_the_terminal_is_nobodys_keys_however_it_is_cut(name: str) -> None:
    sent = ANSWERS[name]
    assert read(b"k" + sent + b"j") == ["k", "j"]
    for cut in range(1, len(sent)):
        assert read(b"k" + sent[:cut], sent[cut:] + b"j") == ["k", "j"]


@given(st.text(max_size=60).filter(lambda text: "\x1b[201~" not in text), st.lists(st.integers(0, 300), max_size=4))
def test_a_paste_is_one_text_whatever_is_in_it(text: str, cuts: list[int]) -> None:
    sent = f"j\x1b[200~{text}\x1b[201~k".encode()
    places = [0, *sorted(cut % len(sent) for cut in cuts), len(sent)]
    parts = [sent[start:end] for start, end in pairwise(places)]
    found = read(*parts)
    assert (found[0], found[-1], len(found)) == ("j", "k", 3)
    assert "\x1b" not in found[1]


def test_a_coloured_line_is_pasted_without_its_colours_and_in_order() -> None:
    sent = b"\x1b[200~deploy \x1b[1;32mdone\x1b[0m \x1b]0;title\x07ok\r\nand\x1b[200~ on\n\x1b[201~e"
    assert read(sent) == ["[deploy done ok\nand on\n]", "e"]


def test_escape_alone_is_the_key_once_nothing_follows() -> None:
    assert read(b"\x1b") == []
    assert read(b"\x1b", waited=ESCAPE_SECONDS) == ["escape"]
    assert read(b"\x1b\x1b", waited=ESCAPE_SECONDS) == ["escape", "escape"]
    assert read(b"\x1be") == ["alt+e"]


def test_what_never_ends_is_given_up() -> None:
    assert read(b"\x1b]52;c;eeee", waited=ESCAPE_SECONDS) == []
    source = TerminalInput()
    assert list(source.feed(b"\x1b]52;c;eeee", 0.0)) + list(source.tick(ANSWER_SECONDS)) == []
    assert [named(one) for one in source.feed(b"j", 2.0)] == ["j"]
    assert read(b"\x1b[200~no end", waited=PASTE_SECONDS / 2) == []
    assert read(b"\x1b[200~no end", waited=PASTE_SECONDS) == ["[no end]"]


def test_a_new_escape_breaks_an_answer_off() -> None:
    assert read(b"\x1b]11;rgb:ee\x1b[A") == ["up"]
