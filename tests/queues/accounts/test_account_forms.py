"""What is asked to set an account up: every kind's form gives back what was filled in, and says what is wrong."""

from __future__ import annotations

import re
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from queues.accounts.forms import MAIL, form_of, hint_for, kind_of, kinds
from queues.accounts.kinds import kind_named
from queues.accounts.mail_account import Account
from queues.accounts.providers import Server
from queues.accounts.ticketing_system import Tracker

NEEDED = {"address": "help@acme.example", "imap": "imap.acme.example", "smtp": "smtp.acme.example:2465",
          "url": "https://tickets.acme.example", "user": "eva@acme.example"}  # fmt: skip


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_can_be_filled_in_and_gives_back_what_was(kind: str) -> None:
    form = form_of(kind)
    assert len({blank.name for blank in form.blanks}) == len(form.blanks)
    assert all(blank.label for blank in form.blanks)
    example = re.match(r"Such as (\S+?)[.;:]?(?: |$)", "" if kind == MAIL else kind_named(kind).address_hint)
    made = form.make(NEEDED | ({"url": example[1]} if example else {}), None)
    assert (kind_of(made), bool(example)) == (kind, kind != MAIL)
    assert made.name
    assert form.make(form.filled(made), made) == made
    secrets = [blank.name for blank in form.blanks if blank.is_secret]
    assert secrets == ["typed"]
    assert "typed" not in form.filled(made)


def test_an_address_alone_sets_mail_up_at_the_usual_providers() -> None:
    made = form_of(MAIL).make({"address": "tienda@gmail.com"}, None)
    assert made == Account("tienda", "tienda@gmail.com", provider="gmail", work_after="now")
    assert "app password" in hint_for("tienda@gmail.com")
    assert hint_for("tienda@acme.example") == ""


def test_what_is_not_asked_stays_as_it_was() -> None:
    old = Account("support", "help@acme.example", imap=Server("a.example"), smtp=Server("b.example"), per_minute=3,
                  signature={"es": "Adiós"}, html=True)  # fmt: skip
    form = form_of(MAIL)
    made = form.make(form.filled(old) | {"lane": "app", "security": "starttls", "since": "2026-01-31"}, old)
    assert isinstance(made, Account)
    assert (made.per_minute, made.signature, made.html) == (3, {"es": "Adiós"}, True)
    assert (made.lane, made.imap, made.since) == ("app", Server("a.example", 0, "starttls"), date(2026, 1, 31))
    tracker = Tracker("desk", "https://t.example", queues={"Soporte": "mail", "Billing": ""}, poll_seconds=60)
    of_rt = form_of("rt")
    assert of_rt.filled(tracker)["queues"] == "Soporte=mail, Billing"
    changed = of_rt.make(of_rt.filled(tracker) | {"secret": "command", "place": "pass show rt"}, tracker)
    assert changed == msgspec.structs.replace(tracker, secret="command:pass show rt")


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (MAIL, {"address": "nobody"}, "name@domain"),
        (MAIL, {"address": "a@acme.example"}, "name the server, or a provider"),
        (MAIL, NEEDED | {"imap": "host:many"}, "host:993"),
        (MAIL, NEEDED | {"since": "yesterday"}, "2026-01-31"),
        (MAIL, NEEDED | {"secret": "env"}, "env:NAME"),
        (MAIL, NEEDED | {"name": "a b"}, "letters, digits"),
        ("rt", {"url": "http://tickets.example"}, "TLS only"),
        ("rt", {"url": ""}, "https://host"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(kind: str, typed: dict[str, str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        form_of(kind).make(typed, None)
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_word_alone_is_an_address_where_the_system_has_subdomains() -> None:
    made = form_of("zendesk").make({"url": "acme", "user": "eva@acme.example"}, None)
    assert (made.name, made.connector) == ("acme", "zendesk:acme")
    assert isinstance(made, Tracker)
    assert made.url == "https://acme.zendesk.com"
    assert "documentation" in form_of("zendesk").warning


def test_an_unknown_kind_is_told_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match="known are mail, chatwoot"):
        form_of("fax")


@given(st.dictionaries(st.sampled_from([blank.name for blank in form_of(MAIL).blanks]), st.text(max_size=30)))
def test_anything_typed_is_an_account_or_one_sentence(typed: dict[str, str]) -> None:
    for kind in kinds():
        try:
            made = form_of(kind).make({**NEEDED, **typed}, None)
        except InputError:
            continue
        assert made.name
