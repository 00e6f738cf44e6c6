"""The servers that sign people in, and a keyring of the test's own."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need_mail_servers, need_openssl
from tests.servers import filed_keyring
from tests.servers.mail_stack import make_certificates
from tests.servers.oauth_desk import OAuthStack, oauth_stack
from tests.servers.oauth_server import OAuthServer


@pytest.fixture(scope="session")
def servers() -> Iterator[OAuthStack]:
    """Dovecot, Postfix and an OAuth server. Not installed: skipped at home, failed where CI is set."""
    need_mail_servers()
    folder = Path(tempfile.mkdtemp(prefix="tdoauth", dir="/tmp"))  # short and open to the servers' own users
    try:
        with oauth_stack(folder) as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stack(servers: OAuthStack) -> OAuthStack:
    """The servers, as they are at first."""
    servers.oauth.forget()
    return servers


@pytest.fixture(scope="session")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OAuthServer, Path]]:
    """An OAuth server alone, and the authority that signed its certificate."""
    need_openssl()
    folder = tmp_path_factory.mktemp("oauth")
    make_certificates(folder)
    server = OAuthServer(folder)
    server.start()
    yield server, folder / "ca.pem"
    server.stop()


@pytest.fixture
def server(strict_server: tuple[OAuthServer, Path]) -> OAuthServer:
    """The OAuth server, as it is at first."""
    strict_server[0].forget()
    return strict_server[0]


@pytest.fixture
def ca(strict_server: tuple[OAuthServer, Path]) -> Path:
    """The authority that signed its certificate."""
    return strict_server[1]


@pytest.fixture(autouse=True)
def keyring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's keyring is this file."""
    monkeypatch.setitem(sys.modules, "keyring", filed_keyring)
    monkeypatch.setenv(filed_keyring.FILE, str(tmp_path / "keyring.json"))
    return tmp_path / "keyring.json"
