"""What keeps other pages and other machines out of a server on this machine: its address, its names, its secrets.

A page of any site can send requests here, so a request has to name our host (against DNS
rebinding), carry a secret, and, where a browser sends it, come from our own page.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from data.errors import InputError

if TYPE_CHECKING:
    from aiohttp import web

LOOPBACK = "127.0.0.1"


def hosts_of(port: int) -> tuple[str, str]:
    """Return the names that a request may call the server by."""
    return f"{LOOPBACK}:{port}", f"localhost:{port}"


def is_own_page(request: web.Request) -> bool:
    """Return whether a request comes from a page of this server, by what only the browser itself can write."""
    fetched = request.headers.get("Sec-Fetch-Site", "same-origin")
    return request.headers.get("Origin") == f"http://{request.host}" and fetched == "same-origin"


def is_of_a_page(request: web.Request) -> bool:
    """Return whether a page of a browser sends this request, and not a program or a person."""
    return "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none"


def same(given: str, wanted: str) -> bool:
    """Return whether two secrets are the same, in a time that says nothing of them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def port_taken(port: int, error: OSError) -> InputError:
    """Return the error for a port that cannot be used."""
    return InputError("Port is taken", f"Port {port} cannot be used ({error.strerror}); choose another with --port.")
