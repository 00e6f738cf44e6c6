"""The kinds of ticketing systems: what settings, forms and commands know of each. There is no list of them.

Each file of `queues/accounts/systems/` describes a kind that comes with the desk. Another package offers one as an
entry point of the group `tridesk.connectors`, whose name is the kind: it is looked for only where such a kind is
configured, or all are listed.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin, get_type_hints
from urllib.parse import urlsplit

from data.errors import InputError
from data.records.tickets import Status
from data.safe_text import safe_line
from queues.ground.loopback import is_loopback

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tridesk.connectors"
"""The group of entry points by which packages offer connectors."""
NO_SECRET = "none"
"""Where the secret is of a kind that needs none."""
_BUILT_IN = "queues.accounts.systems"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_OWN = frozenset({"mail", "email", "demo", "files"})
"""Names of other things that tickets come from."""

AsAddress = Callable[[str], str]
"""Returns an address as it is kept. Raises ValueError with the way to write it."""


def web_address(api: str = "") -> AsAddress:
    """Return what normalises the address of web pages; `api` is the path of the API after it, which is left out."""

    def normalised(given: str) -> str:
        whole = given if "://" in given or not given else f"https://{given}"
        try:
            url = urlsplit(whole)
            host, port = url.hostname or "", url.port
        except ValueError:
            raise ValueError("write it as https://host") from None
        if url.scheme not in {"http", "https"} or not host or url.username or url.query or url.fragment or port == 0:
            raise ValueError("write it as https://host, without user, ? and #")
        if url.scheme == "http" and not is_loopback(host):
            raise ValueError("a token goes over TLS only: use https://")
        return whole.rstrip("/").removesuffix(api)

    return normalised


plain_web_address = web_address()


def folder_address(given: str) -> str:
    """Return a folder's path, for a system that is a folder."""
    path = Path(given).expanduser()
    if not given or not path.is_absolute():
        raise ValueError("write the folder's whole path, such as /srv/tickets")
    return str(path)


@dataclass(frozen=True, slots=True)
class SystemKind:
    """All that settings, set-up form and commands know of one kind of ticketing system."""

    title: str
    """What people call it."""
    connector: str
    """The class that speaks to it, as `module:class`; it is imported when an account of the kind is used."""
    statuses: Mapping[str, Status]
    """Our status for each of its default statuses; if several map to one, the first is written back."""
    never_set: frozenset[str] = frozenset()
    """Statuses that it does not let us set."""
    tried: str = ""
    """The version that the connector was tried against live; empty: written from the documentation only."""
    address: AsAddress = plain_web_address
    """Normalises the `url` of the settings."""
    address_names_user: bool = False
    """The address says who logs in."""
    address_hint: str = "Such as https://tickets.yourcompany.example."
    secret: str = "Token"
    """What it calls what we log in with; empty if it needs nothing."""
    other_secrets: frozenset[str] = frozenset()
    """Values of `secret` in the settings that this kind has besides the usual ones."""
    user_hint: str = "The token's owner, if the system needs it."
    """Empty if the user is never asked for."""
    needs_user: bool = False
    poll_seconds: int = 15
    """How often it is polled, unless the settings say otherwise."""
    requests_per_minute: int = 240
    """The limit, unless the settings say otherwise; 0: none."""
    queues_are_lanes: bool = False
    """Its queues are called as our lanes."""
    macros: str = ""
    """The tool of `tridesk macros import` whose format the connector's `macros()` returns; empty if it has none."""

    @property
    def warning(self) -> str:
        """A notice for anyone who sets up an account of this kind; usually empty."""
        if self.tried:
            return ""
        return (
            f"{self.title}: written from its documentation, never tried against the live service; begin with a sandbox."
        )


def kinds() -> tuple[str, ...]:
    """Return the names of all kinds, those of other packages last."""
    from importlib.metadata import entry_points

    others = {point.name for point in entry_points(group=GROUP)} - {*_built_in()}
    return (*_built_in(), *sorted(others))


@cache
def kind_named(name: str) -> SystemKind:
    """Return a kind. Raises InputError for one that is not there, or whose package cannot be loaded."""
    if name in _built_in():
        kind: SystemKind = import_module(f"{_BUILT_IN}.{name}").KIND
        return kind
    from importlib.metadata import entry_points

    points = tuple(entry_points(group=GROUP, name=name))
    if len(packages := sorted({_package(point) for point in points})) > 1:
        raise InputError(
            "Broken connector",
            f"The connector {safe_line(name)!r} cannot be used: the packages {' and '.join(packages)} both offer it; "
            "remove all but one.",
        )
    if points:
        return _of_package(points[0])
    raise InputError(
        "Unknown connector",
        f"There is no kind {safe_line(name)!r} of account; known are mail, {', '.join(kinds())}. One of another "
        "package must be installed where tridesk is.",
    )


def package_of(name: str) -> str:
    """Return the name of the package that a kind comes from; empty for the desk's own."""
    from importlib.metadata import entry_points

    points = () if name in _built_in() else tuple(entry_points(group=GROUP, name=name))
    return _package(points[0]) if points else ""


def connector_of(name: str) -> type[Any]:
    """Return the class that speaks to a kind of system. Raises InputError if it cannot be loaded."""
    place = kind_named(name).connector
    module, _, attribute = place.partition(":")
    try:
        result: type[Any] = getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:  # the border to what another package wrote: it may raise anything
        if name in _built_in():
            raise
        raise _broken(name, package_of(name), f"{place}: {_said(error)}") from error
    if not isinstance(result, type) or not isinstance(getattr(result, "capabilities", None), Set):
        raise _broken(name, package_of(name), f"{place} is not a class with a set of capabilities")
    return result


@cache
def _built_in() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).with_name("systems"))])))


def _of_package(point: EntryPoint) -> SystemKind:
    if not _NAME.fullmatch(point.name) or point.name in _OWN:
        raise _broken(point.name, _package(point), "its name is taken, or not lower-case letters, digits and dashes")
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:  # the border to what another package wrote: it may raise anything
        raise _broken(point.name, _package(point), f"{point.value}: {_said(error)}") from error
    if not isinstance(loaded, SystemKind):
        raise _broken(point.name, _package(point), f"{point.value} is not a SystemKind")
    if wrong := _wrong_part(loaded):
        raise _broken(point.name, _package(point), f"{point.value}: its {wrong} is not as SystemKind has it")
    return loaded


def _wrong_part(kind: SystemKind) -> str:
    """Return the name of a field that holds something else than it should; empty if each is sound."""
    for name, hint in get_type_hints(SystemKind).items():
        if not isinstance(getattr(kind, name), get_origin(hint) or hint):
            return name
    return "" if all(isinstance(status, Status) for status in kind.statuses.values()) else "statuses"


def _package(point: EntryPoint) -> str:
    return safe_line(point.dist.name if point.dist is not None else "?")


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {safe_line(str(error))[:160]}"


def _broken(name: str, package: str, why: str) -> InputError:
    return InputError(
        "Broken connector",
        f"The connector {safe_line(name)!r} of the package {package} cannot be used ({safe_line(why)}); update or "
        "remove that package.",
    )
