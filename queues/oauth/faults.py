"""What goes wrong with tokens, each as one sentence. Replies wait in every case: nothing of them was refused."""

from __future__ import annotations

from data.errors import UnreachableError
from queues.connectors.mail_faults import LoginRefusedError


class SignInNeededError(LoginRefusedError):
    """Only the agent can mend it: by signing in."""


class SignInError(UnreachableError):
    """A sign-in did not come to its end."""


def not_signed_in(name: str, login: str) -> SignInNeededError:
    """Return the error of an account that has no tokens."""
    return SignInNeededError(
        "Sign-in needed", f"{login} is not signed in; `tridesk account login {name}` does it. Replies wait until then."
    )


def expired(name: str, login: str, server: str) -> SignInNeededError:
    """Return the error of tokens that the server takes no longer."""
    return SignInNeededError(
        "Sign-in needed",
        f"{server} no longer accepts the sign-in of {login}: it has expired or was revoked. Sign in again with "
        f"`tridesk account login {name}`. Replies wait until then.",
    )


def interrupted(name: str, login: str, server: str) -> SignInNeededError:
    """Return the error of tokens whose successors never arrived: the program or the network ended in between."""
    return SignInNeededError(
        "Sign-in needed",
        f"A renewal of the sign-in of {login} was cut short, and {server} does not accept the old one again. Sign in "
        f"again with `tridesk account login {name}`. Replies wait until then.",
    )
