"""The servers that several rooms' tests talk to, started once and ended with the run."""

from __future__ import annotations

import gc
import inspect
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import current_thread, main_thread
from typing import Protocol, TypeVar

import pytest
from hypothesis import HealthCheck, settings

import data.store
from data.store import Store
from tests.database import make_encrypted, migrate_quickly
from tests.faults.report import (  # noqa: F401 # hooks
    pytest_collection_modifyitems,
    pytest_runtest_logreport,
    pytest_terminal_summary,
)
from tests.servers import mail_stack as mail
from tests.servers import postgres
from tests.servers import redmine as mines
from tests.servers import request_tracker as tracker
from tests.servers import roundup as issues
from tests.servers.chatwoot_double import ChatwootDouble
from tests.servers.freshdesk_double import FreshdeskDouble
from tests.servers.help_scout_double import HelpScoutDouble
from tests.servers.mail_stack import MailStack
from tests.servers.oauth_desk import OAuthStack
from tests.servers.postgres import PostgresServer, Team
from tests.servers.redmine import RedmineServer
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.roundup import RoundupServer
from tests.servers.zammad_double import ZammadDouble
from tests.servers.zendesk_double import ZendeskDouble

# how long an example takes says how busy the machine is, not whether the code is right
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


_TESTS = Path(__file__).parent
data.store.migrate = migrate_quickly  # for new files: the steps take ten times as long, and most tests make one
os.environ["LANGUAGE"] = "en"  # the tests read English, whatever language the machine speaks


@pytest.fixture(autouse=True)
def _close_stores() -> Iterator[None]:
    """Close each store that a test has opened itself. From Python 3.13 on, one that stays open is an error.

    A store that the program opens is left alone, so that the program's own leaks still fail a test.
    """
    opened: list[Store] = []
    open_store = Store.open

    def noted(path: Path, *, create: bool = True) -> Store:
        store = open_store(path, create=create)
        frame = inspect.currentframe()
        caller = Path(frame.f_back.f_code.co_filename) if frame is not None and frame.f_back is not None else Path()
        if caller.is_relative_to(_TESTS) and current_thread() is main_thread():
            opened.append(store)
        return store

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "open", noted)
        yield
    for store in opened:
        store.close()


@pytest.fixture(autouse=True)
def _unused_objects_are_freed() -> Iterator[None]:
    """Fail a test that leaves the collector of unused objects off: the tests after it would fill the memory."""
    yield
    assert gc.isenabled()
    assert not gc.get_freeze_count()


def _need(absent: list[str], packages: str, of: str = "apt") -> None:
    """Skip at home, fail where CI is set."""
    if absent:
        told = f"the tests need {', '.join(absent)} ({of}: {packages})"
        if os.environ.get("CI") or os.environ.get("TRIDESK_CI"):
            pytest.fail(told)
        pytest.skip(told)


class _Server(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


_S = TypeVar("_S", bound=_Server)


@contextmanager
def _running(make: Callable[[Path], _S], prefix: str) -> Iterator[_S]:
    """Start a server in a folder of its own, and end it and the folder with the run."""
    # short and open to the servers' own users, which pytest's folders are not
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        server = make(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _need_sqlcipher() -> None:
    _need([] if find_spec("sqlcipher3") else ["sqlcipher3"], "sqlcipher3", of="pip")


@pytest.fixture
def sqlcipher() -> None:
    """What encrypted desks need. Not installed: skipped at home, failed where CI is set."""
    _need_sqlcipher()


@pytest.fixture(params=["plain", "encrypted"])
def file_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have new desk files made plain in one run of the test, and encrypted in another."""
    if request.param == "encrypted":
        _need_sqlcipher()
        make_encrypted(monkeypatch)
    return str(request.param)


def need_openssl() -> None:
    """What certificates are made with. Not installed: skipped at home, failed where CI is set."""
    _need([] if shutil.which("openssl") else ["openssl"], "openssl")


@pytest.fixture(scope="session")
def mail_stack() -> Iterator[MailStack]:
    """Dovecot and Postfix on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(mail.missing(), "dovecot-imapd dovecot-lmtpd postfix")
    with _running(MailStack, "tdmail") as stack:
        yield stack


@pytest.fixture(scope="session")
def oauth_servers() -> Iterator[OAuthStack]:
    """Dovecot and Postfix that ask an OAuth server about tokens. Not installed: as above."""
    _need(mail.missing(), "dovecot-imapd dovecot-lmtpd postfix")
    with _running(OAuthStack, "tdoauth") as stack:
        yield stack


@pytest.fixture
def oauth_stack(oauth_servers: OAuthStack) -> OAuthStack:
    """The same; nobody has signed in yet, and nothing goes wrong."""
    oauth_servers.oauth.forget()
    return oauth_servers


@pytest.fixture(scope="session")
def request_tracker() -> Iterator[RequestTrackerServer]:
    """Request Tracker 5 on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(tracker.missing(), "request-tracker5 rt5-db-sqlite rt5-standalone")
    with _running(RequestTrackerServer, "tdrt") as server:
        yield server


@pytest.fixture(scope="session")
def roundup() -> Iterator[RoundupServer]:
    """Roundup on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(issues.missing(), "roundup", of="pip")
    with _running(RoundupServer, "tdroundup") as server:
        yield server


@pytest.fixture(scope="session")
def redmine() -> Iterator[RedmineServer]:
    """Redmine on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(mines.missing(), "redmine redmine-sqlite puma")
    with _running(RedmineServer, "tdredmine") as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """PostgreSQL on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(postgres.missing(), "postgresql")
    _need([] if find_spec("psycopg") else ["psycopg"], "psycopg[binary]", of="pip")
    with _running(PostgresServer, "tdpg") as server:
        yield server


@pytest.fixture
def team(postgres_server: PostgresServer) -> Iterator[Team]:
    """Yield a team's database with the usual agents."""
    made = postgres_server.team()
    yield made
    made.close()


@pytest.fixture
def chatwoot() -> Iterator[ChatwootDouble]:
    """Yield a stand-in of Chatwoot that keeps its conversations."""
    double = ChatwootDouble()
    yield double
    double.close()


@pytest.fixture
def zendesk() -> Iterator[ZendeskDouble]:
    """Yield a stand-in of Zendesk that keeps its tickets."""
    double = ZendeskDouble()
    yield double
    double.close()


@pytest.fixture
def zammad() -> Iterator[ZammadDouble]:
    """Yield a stand-in of Zammad that keeps its tickets."""
    double = ZammadDouble()
    yield double
    double.close()


@pytest.fixture
def freshdesk() -> Iterator[FreshdeskDouble]:
    """Yield a stand-in of Freshdesk that keeps its tickets."""
    double = FreshdeskDouble()
    yield double
    double.close()


@pytest.fixture
def help_scout() -> Iterator[HelpScoutDouble]:
    """Yield a stand-in of Help Scout that keeps its conversations."""
    double = HelpScoutDouble()
    yield double
    double.close()
