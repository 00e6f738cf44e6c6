"""Whatever a ticketing system holds becomes a mail that can be read again."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from queues.connectors.as_mail import Written, as_mail

anything = st.text(st.characters(codec=None), max_size=40)


@given(anything, anything, anything, anything, anything, st.binary(max_size=50))
def test_no_words_are_too_strange(
    sender: str, recipient: str, subject: str, plain: str, name: str, held: bytes
) -> None:
    raw = as_mail(
        Written(sender, recipient, subject, 1_790_000_000, "<1@desk.example>", plain, files=[(name, name, held)]), "h"
    )
    mail = message_from_bytes(raw, policy=default)
    assert mail["Message-ID"] == "<1@desk.example>"
    assert raw.count(b"\r\nSubject:") <= 1


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60))
def test_words_and_names_come_through_letter_by_letter(words: str) -> None:
    raw = as_mail(Written("Ana Gil <ana@c.example>", "", "Hola", 1, "<1@d.example>", words), "h")
    body = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    assert str(body.get_content()).rstrip("\r\n") == words


def test_two_people_without_an_address_are_two() -> None:
    names = ("Ñ", "Ж", "Ana Gil", "ana@x..example", "bob@x..example")
    senders = {
        message_from_bytes(as_mail(Written(name, "", "", 1, "<1@h>", ""), "h.example"))["From"] for name in names
    }
    assert len({sender.rpartition("<")[2] for sender in senders}) == len(names)
    assert "Ana Gil <Ana.Gil@h.example>" in senders


def test_copies_are_named_and_what_is_no_address_is_left_out() -> None:
    written = Written("ana@c.example", "", "", 1, "<1@h>", "", copied=("b@c.example", "nobody", "b@c.example"))
    assert message_from_bytes(as_mail(written, "h.example"), policy=default)["Cc"] == "b@c.example"
