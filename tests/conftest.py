"""The servers that several rooms' tests talk to, started once and ended with the run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.mail_stack import MailStack, missing


@pytest.fixture(scope="session")
def mail_stack() -> Iterator[MailStack]:
    """Dovecot and Postfix on loopback. Not installed: skipped at home, failed where CI is set."""
    absent = missing()
    if absent:
        told = f"the mail servers of the tests need {', '.join(absent)} (apt: dovecot-imapd dovecot-lmtpd postfix)"
        if os.environ.get("CI") or os.environ.get("TRIDESK_CI"):
            pytest.fail(told)
        pytest.skip(told)
    # short and open to the servers' own users, which pytest's folders are not
    folder = Path(tempfile.mkdtemp(prefix="tdmail", dir="/tmp"))
    stack = MailStack(folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
