"""OAuth in the settings: what a provider fills in, what is refused, and where tokens may go."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from queues.accounts.forms import MAIL, form_of
from queues.accounts.mail_account import Account, complete
from queues.accounts.oauth import OAuth, is_safe
from queues.accounts.providers import PROVIDERS, Server

OWN: dict[str, Any] = {"client_id": "c", "issuer": "https://login.example", "scopes": ("mail",)}
SERVERS = {"imap": Server("i.example"), "smtp": Server("s.example")}


def account(provider: str = "", auth: str = "", secret: str = "keyring", **oauth: object) -> Account:
    settings = msgspec.structs.replace(OAuth(), **oauth)
    one = Account("me", "ana@x.example", provider=provider, secret=secret, oauth=settings)
    servers = {} if provider else SERVERS
    return complete(msgspec.structs.replace(one, auth=auth, **servers))


@pytest.mark.parametrize("name", [name for name, provider in PROVIDERS.items() if provider.oauth is not None])
def test_a_client_id_is_enough_at_the_usual_providers(name: str) -> None:
    one = account(name, client_id="c")
    assert one.auth == "xoauth2"
    assert one.oauth.scopes
    assert one.oauth.authorization_endpoint.startswith("https://")
    assert one.oauth.token_endpoint.startswith("https://")
    assert complete(one) == one
    assert not account(name).signs_in


def test_microsoft_is_asked_in_the_company_s_own_directory() -> None:
    for tenant, said in (("", "common"), ("acme.example", "acme.example")):
        oauth = account("outlook", client_id="c", tenant=tenant).oauth
        for address in (oauth.authorization_endpoint, oauth.device_endpoint, oauth.token_endpoint):
            assert f"login.microsoftonline.com/{said}/" in address


def test_another_server_takes_nothing_of_the_provider_s_but_what_it_leaves_open() -> None:
    oauth = account("gmail", **OWN).oauth
    assert (oauth.authorization_endpoint, oauth.token_endpoint, oauth.client_secret) == ("", "", False)
    assert (oauth.scopes, oauth.parameters) == (("mail",), {})


def test_the_standard_s_login_is_the_usual_one_elsewhere() -> None:
    assert account(**OWN).auth == "oauthbearer"
    assert account(auth="xoauth2", **OWN).auth == "xoauth2"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": ""}, "oauth.client-id"), ({"issuer": ""}, "oauth.issuer"),
        ({"issuer": "http://login.example"}, "oauth.issuer"), ({"issuer": "https://"}, "oauth.issuer"),
        ({"issuer": "", "token_endpoint": "https://t.example"}, "oauth.authorization-endpoint"),
        ({"token_endpoint": "ftp://t.example"}, "oauth.token-endpoint"),
        ({"token_endpoint": "https://user:pw@t.example"}, "oauth.token-endpoint"),
        ({"redirect": "https://back.example"}, "oauth.redirect"),
        ({"redirect": "http://back.example"}, "oauth.redirect"),
        ({"tenant": "a/../b"}, "oauth.tenant"), ({"secret": "env:TOKEN"}, "secret"), ({"auth": "password"}, "auth"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(InputError, match=f": {named} cannot be used"):
        account(**(OWN | changes))


@given(st.text(max_size=60))
def test_tokens_go_nowhere_without_tls_but_to_this_machine(text: str) -> None:
    for address in (text, f"http://{text}", f"https://{text}"):
        if is_safe(address):
            assert address.lower().startswith(("https://", "http://127.", "http://localhost", "http://[::"))


def test_the_form_asks_for_the_client_and_leaves_the_rest() -> None:
    form = form_of(MAIL)
    old = Account("me", "ana@gmail.com", provider="gmail", oauth=OAuth("c", redirect="http://127.0.0.1:8765"))
    made = form.make(form.filled(old) | {"client_id": "d"}, old)
    assert isinstance(made, Account)
    assert made.oauth == OAuth("d", redirect="http://127.0.0.1:8765")
    gone = form.make(form.filled(old) | {"client_id": ""}, old)
    assert isinstance(gone, Account)
    assert gone.oauth == OAuth()
