"""What is odd about a sender, in words: in the ticket and among the facts of the reply card, each once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from data.records.changes import Change
from data.records.messages import Direction, Message, MessageKind, Sign
from tui.replying.reply_card_lines import Card
from tui.ticket.sign_line import ABOUT_SENDERS, WARNINGS, sign_line
from tui.ticket.ticket_text import Conversation

LIKE, LINK, BULK = Sign("look-alike", "a@examp1e.com, not a@example.com"), Sign("odd link", "x"), Sign("bulk", "list")


@pytest.mark.parametrize("rule", sorted(WARNINGS))
def test_each_warning_is_a_sentence(rule: str) -> None:
    line = sign_line(Sign(rule, "seen\x1b[2J"))
    assert line.startswith("! ")
    assert line.endswith(": seen␛[2J")


def test_other_signs_are_as_before() -> None:
    assert sign_line(BULK) == "[bulk?: list]"
    assert ABOUT_SENDERS < WARNINGS


def test_the_reply_card_says_it_once() -> None:
    def mail(number: int) -> Message:
        message = Message(number, 1, Direction.IN, MessageKind.MAIL, "Ana", "a@examp1e.com", "Hi", "Hi", "Hi", 1, 1)
        return replace(message, signs=(LIKE, LINK, BULK))

    conversation = cast(Conversation, SimpleNamespace(messages=[mail(1), mail(2)]))
    card = Card("Reply", "a@examp1e.com", Change(reply="Hello", reply_language="en"), mail=conversation)
    lines = card.facts.splitlines()
    assert lines.count("! may be someone who pretends: a@examp1e.com, not a@example.com") == 1
    assert not [line for line in lines if "list" in line or line.endswith(": x")]
