"""One helper process for tests of connectors: starting one for each desk takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from queues.helper.client import Helper


class _OneHelper(Helper):
    """A helper process that outlives who used it."""

    def close(self) -> None:
        """Stay."""

    def end(self) -> None:
        """End the process."""
        super().close()


@pytest.fixture(scope="session")
def _helper() -> Iterator[_OneHelper]:
    shared = _OneHelper()
    yield shared
    shared.end()


@pytest.fixture
def one_helper(_helper: _OneHelper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all desks of a test, which work one after another, use one helper process."""
    monkeypatch.setattr("tui.accounts.mail_worker.Helper", lambda: _helper)
