"""What the random keys are judged by: a reply counts as seen only where its words stood on a card and a key sent it."""

from __future__ import annotations

from tests.tui.watching import Press, card_on, composer_on, unexplained

REPLY = "Hola, Zoë:\n\nYa puede entrar en su cuenta con su clave de siempre."
CARD = """
 lane │ other
 #1 ╭────────────────────────────────╮ x
 new│ Unlock                         │ y
    │ Hola, Zoë:                     │
    │ Ya puede entrar en su cuenta   │
    │ con su clave de siempre.       │
    │ Enter sends, solves            │
    ╰────────────────────────────────╯
"""
BULK = CARD.replace("Enter sends, solves ", "p sends 2, pending  ")
WRITING = " REPLY  Zoë\n▊▔▔▔▔▔▔▔▔▔▔▔▔▔▎\n▊ Ya puede entrar          ▎\n▊▁▁▁▁▁▁▁▁▎\n"


def press(sent: str, card: str = "", written: str = "") -> Press:
    return Press(sent, [found] if (found := card_on(card)) else [], composer_on(written))


def test_a_reply_is_seen_where_its_words_stood_and_a_key_sent_it() -> None:
    assert not list(unexplained([press("\r", CARD)], [REPLY]))
    assert not list(unexplained([press("p", CARD), press("j")], [REPLY]))
    assert list(unexplained([press("j", CARD)], [REPLY]))
    assert list(unexplained([press("\r")], [REPLY]))
    assert list(unexplained([press("1"), press("\r")], [REPLY]))
    assert list(unexplained([press("\r", CARD)], ["Hello Ann, your refund is on its way since today."]))


def test_one_press_sends_one_reply_unless_its_card_says_more() -> None:
    assert len(list(unexplained([press("\r", CARD)], [REPLY, REPLY]))) == 1
    assert not list(unexplained([press("\r", CARD), press("o", CARD)], [REPLY, REPLY]))
    assert not list(unexplained([press("\r", BULK)], [REPLY, REPLY]))
    assert len(list(unexplained([press("\r", BULK)], [REPLY] * 3))) == 1


def test_what_was_written_leaves_by_the_key_of_the_composer() -> None:
    assert not list(unexplained([press("\x13", written=WRITING)], [REPLY]))
    assert list(unexplained([press("\r", written=WRITING)], [REPLY]))
    assert list(unexplained([press("\x13", written=WRITING)], ["Something else"]))
