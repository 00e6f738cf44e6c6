"""What goes wrong with tokens, each as one sentence. Replies wait in every case: nothing of them was refused."""

from __future__ import annotations

from data.errors import UnreachableError
from queues.connectors.mail_faults import LoginRefusedError


class SignInNeededError(LoginRefusedError):
    """Only the agent can mend it: by signing in."""


class SignInError(UnreachableError):
    """A sign-in did not come to its end."""


def not_signed_in(name: str, login: str) -> SignInNeededError:
    """Return the error of an account that has no tokens. The command comes first, as the last line may be short."""
    return SignInNeededError(
        "Sign-in needed", f"`tridesk account login {name}` signs {login} in; replies wait until then."
    )


def expired(name: str, login: str, server: str) -> SignInNeededError:
    """Return the error of tokens that the server takes no longer."""
    return SignInNeededError(
        "Sign-in needed",
        f"`tridesk account login {name}` signs {login} in again: {server} no longer accepts the sign-in, it has "
        "expired or was revoked. Replies wait until then.",
    )


def interrupted(name: str, login: str, server: str) -> SignInNeededError:
    """Return the error of tokens whose successors never arrived: the program or the network ended in between."""
    return SignInNeededError(
        "Sign-in needed",
        f"`tridesk account login {name}` signs {login} in again: a renewal was cut short, and {server} does not accept "
        "the old token. Replies wait until then.",
    )
