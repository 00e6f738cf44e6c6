"""The servers that sign people in, and a keyring of the test's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need_openssl
from tests.servers import filed_keyring
from tests.servers.mail_stack import make_certificates
from tests.servers.oauth_desk import OAuthStack
from tests.servers.oauth_server import OAuthServer


@pytest.fixture
def stack(oauth_stack: OAuthStack) -> OAuthStack:
    """Dovecot, Postfix and an OAuth server, as they are at first."""
    return oauth_stack


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
