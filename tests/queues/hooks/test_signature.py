"""Signatures and secrets as the specification has them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UnreachableError
from queues.hooks.signature import keys_of, new_secret, signature
from tests.servers.hook_receiver import verified


def test_the_example_of_the_specification() -> None:
    keys = keys_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200), st.integers(0, 2**40))
def test_whoever_has_the_secret_can_verify_and_no_other(key: bytes, body: bytes, at: int) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(at)}
    headers["webhook-signature"] = signature(keys_of(secret), "msg_1", at, body)
    assert verified(secret, headers, body)
    assert not verified(new_secret(), headers, body)
    assert not verified(secret, headers | {"webhook-timestamp": str(at + 1)}, body)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "There is no secret"),
        ("hunter2", "does not begin with whsec_"),
        ("whsec_???", "in the secret is not Base64"),
        ("whsec_c2hvcnQ=", "The secret has 5 bytes, and must have 24 to 64"),
        (" ".join([new_secret()] * 5), "There are 5 secrets, and 4 are the most"),
    ],
)
def test_a_secret_that_cannot_sign_is_refused_and_never_repeated(written: str, why: str) -> None:
    with pytest.raises(UnreachableError) as caught:
        keys_of(written)
    assert why in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "`tridesk hooks secret NAME --new`" in caught.value.message


def test_secrets_are_made_anew_each_time() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
    assert len(keys_of(new_secret())[0]) == 32
