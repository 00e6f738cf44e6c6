"""A connection to a team's PostgreSQL, over verified TLS off loopback; the only file that loads psycopg."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from data.errors import ConnectorError, DeskError, DoubtError, InputError, RefusedError, UnreachableError
from data.safe_text import safe_line
from queues.ground.loopback import is_loopback

if TYPE_CHECKING:
    from psycopg import Connection

_CONNECT_SECONDS = 10
_GONE = 15
"""Seconds after which a connection without a sign of life counts as lost."""


class Address(Protocol):
    """Where a team's database is: a `[[tracker]]` of kind `team`."""

    @property
    def name(self) -> str:
        """Its name in the settings; empty for one that is in none."""
        ...

    @property
    def url(self) -> str:
        """`postgresql://login@host:port/database`, without a password."""
        ...

    @property
    def ca_file(self) -> str:
        """The certificate authority to trust instead of the system's."""
        ...


class LoginError(UnreachableError):
    """The database does not accept the login or its password."""


class Database:
    """One connection, opened when it is needed and again after it broke; used in one thread."""

    def __init__(self, address: Address, password: Callable[[], str]) -> None:
        """`password` is called for each login; an empty one leaves it to PGPASSFILE."""
        self._address, self._password = address, password
        parts = urlsplit(address.url)
        self.host, self.login = parts.hostname or "", unquote(parts.username or "")
        self.place = f"{self.host}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self._made: Connection[tuple[Any, ...]] | None = None
        self._hears = False

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Carry out a statement in a transaction of its own and return its rows. Raises ConnectorError."""
        connection = self._connection()
        with self._mapped(), connection.cursor(binary=True) as cursor:
            cursor.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description is not None else []

    def answer(self, sql: str, *values: object) -> dict[str, Any]:
        """Carry out an operation and return its answer. Raises DoubtError where the connection broke meanwhile."""
        self.rows("SELECT 1")  # a connection that broke earlier breaks here, before anything is handed over
        try:
            ((answer,),) = self.rows(sql, *values)
        except UnreachableError as error:
            raise DoubtError("In doubt", f"{self.place} broke the connection before its answer came.") from error
        return dict(answer)

    def script(self, sql: str) -> None:
        """Carry out several statements without parameters. Raises ConnectorError."""
        connection = self._connection()
        with self._mapped():
            connection.execute(sql.encode())

    def copied(self, sql: str) -> Iterator[bytes]:
        """Carry out a `COPY … TO STDOUT` and yield what it writes. Raises ConnectorError."""
        connection = self._connection()
        with self._mapped(), connection.cursor() as cursor, cursor.copy(sql.encode()) as copy:
            for block in copy:
                yield bytes(block)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens in it one transaction."""
        connection = self._connection()
        with self._mapped(), connection.transaction():
            yield

    def listen(self, seconds: float) -> bool:
        """Wait so long for a hint that something happened, and return whether there was one."""
        connection = self._connection()
        with self._mapped():
            if not self._hears:
                connection.execute("LISTEN tridesk")
                self._hears = True
            hints = list(connection.notifies(timeout=seconds, stop_after=1))
            return bool(hints)

    def close(self) -> None:
        """End the connection."""
        made, self._made, self._hears = self._made, None, False
        if made is not None:
            made.close()

    def _connection(self) -> Connection[tuple[Any, ...]]:
        if self._made is not None and (self._made.closed or self._made.broken):
            self.close()
        if self._made is None:
            psycopg = _driver()
            settings = tls_settings(self.host, self._address.ca_file)
            given = self._password()
            if given:
                settings["password"] = given
            try:
                self._made = psycopg.connect(
                    self._address.url, autocommit=True, connect_timeout=_CONNECT_SECONDS, application_name="tridesk",
                    prepare_threshold=None, tcp_user_timeout=str(_GONE * 1000), keepalives_idle="30", **settings,
                )  # fmt: skip
            except psycopg.Error as error:
                raise self._not_connected(error) from None
        return self._made

    def _not_connected(self, error: Exception) -> ConnectorError:
        """Say why there is no connection; libpq's own text could name the whole address, so none of it is passed on."""
        text = str(error)
        way = f"give it with `tridesk account secret {self._address.name}`" if self._address.name else (
            "set PGPASSFILE, or run this in a terminal"
        )  # fmt: skip
        if "certificate" in text or "SSL error" in text:
            return UnreachableError(
                "Certificate not valid",
                f"{self.place} shows a certificate that cannot be trusted; no password was sent. For your own server, "
                "set ca-file to its certificate authority.",
            )
        if "SSL" in text:
            return UnreachableError(
                "No TLS", f"{self.place} does not offer TLS; no password was sent. Set `ssl = on` in its configuration."
            )
        if "no password supplied" in text:
            return LoginError(
                "No password", f"{self.place} asks for the password of {self.login}, and there is none; {way}."
            )
        if "timeout" in text or "timed out" in text:
            return UnreachableError(
                "Not reachable", f"{self.place} does not answer; check the network, it is tried again."
            )
        if "too many" in text or "connection slots" in text:
            return UnreachableError(
                "Busy", f"{self.place} has no free connection; it is tried again. Its owner may raise max_connections."
            )
        if "starting up" in text or "shutting down" in text or "recovery" in text:
            return UnreachableError("Not reachable", f"{self.place} is starting or stopping; it is tried again.")
        if "password authentication failed" in text:
            return LoginError(
                "Login refused",
                f"{self.place} does not accept the password of {self.login}; it may have expired. For another, {way}.",
            )
        if "resolve" in text or "translate host" in text or "Name or service" in text:
            return UnreachableError(
                "Not reachable", f"{self.host} is not found; check the network and the name of the server."
            )
        connection = getattr(error, "pgconn", None)
        if "does not exist" in text or "ermission" in text or "pg_hba" in text or getattr(
            connection, "used_password", False
        ):  # fmt: skip
            return LoginError(
                "Login refused",
                f"{self.place} has no such login or database, or does not let {self.login} in; ask the team's owner.",
            )
        return UnreachableError(
            "Not reachable", f"{self.place} takes no connections; check the url, it is tried again."
        )

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        """Turn what psycopg raises into the desk's errors."""
        psycopg = _driver()
        from psycopg import errors

        try:
            yield
        except DeskError:
            raise
        except (errors.UndefinedTable, errors.InvalidSchemaName, errors.UndefinedFunction) as error:
            raise RefusedError(
                "Not a team", f"{self.place} is not set up as a team's database, or not by this version; its owner "
                "runs `tridesk team init` with its address.",
            ) from error  # fmt: skip
        except errors.InsufficientPrivilege as error:
            raise RefusedError(
                "Not allowed", f"{self.place} does not let {self.login} do this ({_first_line(error)}); ask a lead "
                "or the team's owner.",
            ) from error  # fmt: skip
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise UnreachableError("Not reachable", f"{self.place} ended the connection; it is tried again.") from error
        except psycopg.Error as error:
            raise RefusedError("Refused", f"{self.place}: {_first_line(error)}.") from error


def tls_settings(host: str, ca_file: str) -> dict[str, str]:
    """Return how libpq must secure a connection to a host: verified TLS, except to this machine without a CA file."""
    if is_loopback(host) and not ca_file:
        return {"sslmode": "prefer", "gssencmode": "disable"}
    # the authorities of this system; libpq's own idea of them is that of the machine that it was built on
    authorities = ca_file or ssl.get_default_verify_paths().cafile or "system"
    return {"sslmode": "verify-full", "sslrootcert": authorities, "gssencmode": "disable"}


def as_json(value: object) -> str:
    """Return a value for a parameter of type jsonb."""
    return json.dumps(value, ensure_ascii=False)


def _first_line(error: Exception) -> str:
    return safe_line((str(error).splitlines() or [""])[0])


def _driver() -> Any:
    try:
        import psycopg
    except ImportError:
        raise InputError(
            "PostgreSQL not installed", "A team needs the package psycopg; install it: pip install 'tridesk[team]'."
        ) from None
    return psycopg


def values_of(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return the only column of some rows."""
    return [value for (value,) in rows]
