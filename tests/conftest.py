"""The servers that several rooms' tests talk to, started once and ended with the run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import mail_stack as mail
from tests.servers import request_tracker as tracker
from tests.servers import roundup as issues
from tests.servers.mail_stack import MailStack
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.roundup import RoundupServer
from tests.servers.zendesk_double import ZendeskDouble

# how long an example takes says how busy the machine is, not whether the code is right
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def _need(absent: list[str], packages: str, of: str = "apt") -> None:
    """Skip at home, fail where CI is set."""
    if absent:
        told = f"the servers of the tests need {', '.join(absent)} ({of}: {packages})"
        if os.environ.get("CI") or os.environ.get("TRIDESK_CI"):
            pytest.fail(told)
        pytest.skip(told)


@pytest.fixture(scope="session")
def mail_stack() -> Iterator[MailStack]:
    """Dovecot and Postfix on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(mail.missing(), "dovecot-imapd dovecot-lmtpd postfix")
    # short and open to the servers' own users, which pytest's folders are not
    folder = Path(tempfile.mkdtemp(prefix="tdmail", dir="/tmp"))
    stack = MailStack(folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def request_tracker() -> Iterator[RequestTrackerServer]:
    """Request Tracker 5 on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(tracker.missing(), "request-tracker5 rt5-db-sqlite rt5-standalone")
    folder = Path(tempfile.mkdtemp(prefix="tdrt", dir="/tmp"))
    server = RequestTrackerServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def roundup() -> Iterator[RoundupServer]:
    """Roundup on loopback. Not installed: skipped at home, failed where CI is set."""
    _need(issues.missing(), "roundup", of="pip")
    folder = Path(tempfile.mkdtemp(prefix="tdroundup", dir="/tmp"))
    server = RoundupServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def zendesk() -> Iterator[ZendeskDouble]:
    """Yield a stand-in of Zendesk that keeps its tickets."""
    double = ZendeskDouble()
    yield double
    double.close()
