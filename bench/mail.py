"""From the moment a mail is accepted to the moment its ticket is in the file, compared with the server's own push.

Needs Dovecot and Postfix, as the tests do.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import msgspec

from data.store import Store
from queues.connectors.imap import Mailbox
from tests.servers.desk_at_mail import DeskAtMail
from tests.servers.mail_stack import MailStack, missing
from tui.accounts.config_writing import add
from tui.accounts.mail_process import MailProcess
from tui.setup.settings import config_folder

MAILS = 15


def main() -> None:
    if absent := missing():
        print(f"mail: not measured, {', '.join(absent)} missing")
        return
    folder = Path(tempfile.mkdtemp(prefix="tdmail", dir="/tmp"))
    stack = MailStack(folder)
    try:
        stack.start()
        measure(stack, folder)
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(stack: MailStack, folder: Path) -> None:
    address, password = stack.add_user("bench1")
    place = folder / "desk"
    desk = DeskAtMail(stack, place, address)
    news = threading.Event()
    process = in_own_place(desk, place, password)
    process.start(news.set, print)
    pushes: list[float] = []
    tickets: list[float] = []
    with desk.box() as box, closing(Store.open(desk.path)) as store:
        box.select("INBOX")
        desk.until_online()
        box.wait(0.0)
        for number in range(MAILS):
            news.clear()
            known = len(list(store.tickets.each()))
            desk.write(number)
            accepted = time.perf_counter()
            watcher = threading.Thread(target=watch, args=(box, accepted, pushes))
            watcher.start()
            news.wait(30)
            while len(list(store.tickets.each())) == known:
                time.sleep(0.001)
            tickets.append(time.perf_counter() - accepted)
            watcher.join()
    process.stop()
    push, ticket = statistics.median(pushes) * 1000, statistics.median(tickets) * 1000
    print(f"mail accepted -> server's push {push:.0f} ms, -> ticket {ticket:.0f} ms: {ticket / push:.2f} of the push")


def watch(box: Mailbox, accepted: float, pushes: list[float]) -> None:
    while not box.wait(1.0):
        continue
    pushes.append(time.perf_counter() - accepted)


def in_own_place(desk: DeskAtMail, place: Path, password: str) -> MailProcess:
    """Write the account into a configuration of its own and return the process that goes by it."""
    os.environ["XDG_CONFIG_HOME"] = str(place / "config")
    add(config_folder(), msgspec.structs.replace(desk.account, secret="ask"))
    return MailProcess(desk.path, {desk.account.name: password})


if __name__ == "__main__":
    main()
