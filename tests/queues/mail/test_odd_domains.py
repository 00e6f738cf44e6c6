"""Domains that are not what they look like are marked on the message."""

from __future__ import annotations

import pytest

from queues.mail.odd_domains import odd_domain
from queues.mail.read_mail import read_mail
from queues.mail.sign_rules import ODD_DOMAIN


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("a@pаypal.com", "mixes Cyrillic and Latin letters"),  # the second letter is Cyrillic
        ("a@xn--80ak6aa92e.com", "only looks Latin"),
        ("a@xn--pypal-4ve.com", "mixes"),
        ("a@xn--mnchen-3ya.de", "written as Punycode"),
        ("a@googlе.com", "mixes"),
    ],
)
def test_it_is_marked(address: str, why: str) -> None:
    sign = odd_domain(address)
    assert sign is not None
    assert (sign.rule, sign.sure) == (ODD_DOMAIN, False)
    assert why in sign.seen


@pytest.mark.parametrize(
    "address", ["a@example.com", "a@münchen.de", "a@пример.рф", "a@例え.jp", "a", "", "a@xn--\udc80"]
)
def test_an_honest_domain_is_not(address: str) -> None:
    assert odd_domain(address) is None


def test_the_mark_is_on_the_message() -> None:
    read = read_mail(b"From: Pay <a@xn--pypal-4ve.com>\r\nSubject: x\r\n\r\nhi", connector="files", source="t")
    assert ODD_DOMAIN in [sign.rule for sign in read.signs]
    assert read.kind == "mail"
