"""Signing in on another device: the user enters a short code there, and the desk asks until it is done (RFC 8628)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.errors import UnreachableError
from data.safe_text import safe_line
from queues.accounts.oauth import is_safe
from queues.connectors.web import BusyError
from queues.oauth.endpoints import Endpoints
from queues.oauth.faults import SignInError
from queues.oauth.token_server import Granted, RefusedGrantError, TokenServer

USUAL_INTERVAL, SLOWER = 5.0, 5.0
"""Seconds between two questions if the server does not say; how many more after each `slow_down` (RFC 8628, 3.5)."""
LONGEST_INTERVAL = 60.0
_USUAL_LIFE, _LONGEST_LIFE = 600.0, 3600.0
_LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the user is told, and what the desk asks with."""

    address: str
    """Where to enter the code."""
    user_code: str
    whole_address: str
    """The address with the code in it; empty if the server gives none."""
    device_code: str = field(repr=False)
    seconds: float
    """How long the code is good."""
    interval: float


def device_code(server: TokenServer, found: Endpoints) -> DeviceCode:
    """Return a new code. Raises ConnectorError if the server gives none."""
    told = server.device_codes(found.device)
    address, whole, user, device = (
        _text(told, name) for name in ("verification_uri", "verification_uri_complete", "user_code", "device_code")
    )
    address = address or _text(told, "verification_url")  # as it was called in drafts
    if not (is_safe(address) and 0 < len(user) <= _LONGEST_CODE and device):
        raise SignInError("Not understood", f"{found.device} gives no device code that can be used.")
    return DeviceCode(
        address, safe_line(user), whole if is_safe(whole) else "", device,
        _number(told, "expires_in", _USUAL_LIFE, _LONGEST_LIFE),
        _number(told, "interval", USUAL_INTERVAL, LONGEST_INTERVAL),
    )  # fmt: skip


def granted(server: TokenServer, found: Endpoints, code: DeviceCode, pause: Callable[[float], object]) -> Granted:
    """Ask until the user has decided; `pause` waits so many seconds. Raises ConnectorError if there are no tokens."""
    interval, waited = code.interval, 0.0
    while waited + interval <= code.seconds:
        pause(interval)
        waited += interval
        try:
            return server.for_device(found.token, code.device_code)
        except RefusedGrantError as error:
            match error.code:
                case "authorization_pending":
                    continue
                case "slow_down":
                    interval += SLOWER
                case "access_denied":
                    raise SignInError("Sign-in refused", "The sign-in was declined on the other device.") from error
                case "expired_token":
                    break
                case _:
                    raise
        except BusyError as error:
            interval = max(interval, float(error.seconds))
        except UnreachableError:
            interval = min(interval * 2, LONGEST_INTERVAL)  # it is down, or the network is: ask less often
    raise SignInError("Sign-in refused", f"The code {code.user_code} was not entered in time; begin again.")


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _number(told: Mapping[str, Any], name: str, usual: float, most: float) -> float:
    value = told.get(name)
    sound = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return min(float(value), most) if sound and value is not None else usual
