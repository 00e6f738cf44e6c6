"""A process of its own that wants a token of an account: `python -m tests.servers.token_taker ACCOUNT LOCKS AHEAD`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from data.errors import DeskError
from queues.accounts.mail_account import Account
from queues.oauth.account_secrets import AccountSecrets
from tui.setup.clock import wall_clock


def main() -> None:
    account = msgspec.json.decode(sys.argv[1], type=Account)
    ahead = int(sys.argv[3])
    sys.stdin.readline()  # until all of them are there
    try:
        said = AccountSecrets(Path(sys.argv[2]), lambda: wall_clock() + ahead)(account)
    except DeskError as error:
        said = f"{type(error).__name__}: {error.message}"
    sys.stdout.write(f"{said}\n")


main()
