"""Who looks like someone else: what is seen of them, and what honest names and addresses are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.mail.hidden_text import hidden
from queues.mail.look_alike import latin, looks_like_address, looks_like_domain, looks_like_name, skeleton
from queues.mail.odd_domains import odd_links

OWN = "example.com"


@pytest.mark.parametrize(
    "domain",
    [
        "examp1e.com", "exampIe.com", "exarnple.com", "exampel.com", "exampl.com", "examplee.com", "еxample.com",
        "exаmple.com", "xn--xample-2of.com", "example.co", "example.com.evil.org", "example-support.com",
        "support-example.com", "secure.example.net", "3xample.com", "example.com-login.org", "exampłe.com",
        "ex\u00e4mple.com", "eхample.com",
    ],
)  # fmt: skip
def test_domains_that_pretend_to_be_ours(domain: str) -> None:
    assert looks_like_domain(domain, OWN)


@pytest.mark.parametrize(
    "domain",
    [
        "example.com", "mail.example.com", "sample.org", "gmail.com", "exam.com", "people.com", "amplexor.com",
        "beispiel.de", "", "ejemplo.es", "complex.com",
    ],
)  # fmt: skip
def test_domains_that_are_others(domain: str) -> None:
    assert not looks_like_domain(domain, OWN)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("ana.ruiz@examp1e.com", "ana.ruiz@example.com"),
        ("ana.rulz@gmail.com", "ana.ruiz@gmail.com"),
        ("аna.ruiz@gmail.com", "ana.ruiz@gmail.com"),
        ("ana.ruizz@gmail.com", "ana.ruiz@gmail.com"),
        ("ana.ruiz@kestrel.co", "ana.ruiz@kestrel.com"),
        ("supp0rt@shop.example", "support@shop.example"),
    ],
)
def test_addresses_that_look_like_a_known_one(address: str, known: str) -> None:
    assert looks_like_address(address, known)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("ana.ruiz@gmail.com", "ana.ruiz@hotmail.com"),
        ("bob@example.com", "ana@example.com"),
        ("ana@gmail.com", "ana@gmx.de"),
        ("ana@one.example", "ana@another.example"),
        ("ana1@x.example", "ana2@y.example"),
        ("Ana.Ruiz@gmail.com", "ana.ruiz@gmail.com"),
        ("", "ana@x.example"),
    ],
)
def test_addresses_of_others(address: str, known: str) -> None:
    assert not looks_like_address(address, known)


def test_names_by_what_they_look_like() -> None:
    assert looks_like_name("Аcme  Suppоrt", "Acme Support")
    assert looks_like_name("ACME", "Acme")
    assert looks_like_name("Acme Billing", "Acme", begins=True)
    assert not looks_like_name("Acme Billing", "Acme")
    assert not looks_like_name("Acmeon", "Acme", begins=True)
    assert not looks_like_name("Ana Ruiz", "Acme")
    assert latin("Аnа Ruiz") == "Ana Ruiz"
    assert latin("Анна Петрова") != "Anna Petrova"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_too_odd(one: str, other: str) -> None:
    skeleton(one)
    latin(one)
    looks_like_address(f"{one}@{other}", f"{other}@{one}")
    looks_like_domain(one, other)
    looks_like_name(one, other)
    hidden(one)
    odd_links(f"https://{one}.com {other}@{one}.com")


def test_links_and_addresses_in_a_text() -> None:
    text = "See https://www.pаypal.com/login or write to help@xn--pypal-4ve.com, not https://example.com"
    assert [sign.seen.partition(" ")[0] for sign in odd_links(text)] == ["www.pаypal.com:", "xn--pypal-4ve.com"]
    assert odd_links("https://münchen.de, https://пример.рф, hola@españa.es, https://example.com/ñ") == ()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("pay\u200bpal", "1 inside words"),
        ("invoice\u202efdp.exe", "1 that turn the direction"),
        ("Hi\U000e0049\U000e0067\U000e006e", "3 that spell unseen text"),
        ("\x1b]0;x\x07", "1 that control a terminal"),
        ("a\u2060b c\u200dd", "2 inside words"),
    ],
)
def test_hidden_characters(text: str, seen: str) -> None:
    sign = hidden(text)
    assert sign is not None
    assert sign.seen.startswith(seen)


@pytest.mark.parametrize(
    "text",
    [
        "Plain text\r\nwith lines\tand tabs", "می\u200cخواهم", "क्\u200dष", "👩\u200d👩\u200d👧", "Donau\xaddampf",
        "\u200b \u200c \u200b newsletter",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "שלום\u200f!",
        "\ufeffHola", "☎\ufe0f",
    ],
)  # fmt: skip
def test_honest_text_has_none(text: str) -> None:
    assert hidden(text) is None
