"""A request's whole way, each program for real: a customer's mail, the ticketing system, two keys here, the answer."""

from __future__ import annotations

import imaplib
import re
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from data.store import Store
from tests.servers.desk_at_mail import until
from tests.servers.mail_stack import MailStack
from tests.servers.request_tracker import RequestTrackerServer
from tests.servers.tls_front import tls_front
from tests.tui.real_terminal import ENTER, Terminal
from tui.setup.settings import config_folder

pytestmark = pytest.mark.trackers

PATIENCE = 90.0
CUSTOMER = "ana@clientes.example"
SUBJECT = "No me llega el código"
OUR_SUBJECT = re.compile(rf"^\[desk\.example #\d+\] {SUBJECT}$")
LETTER = "Hola, buenas tardes. Desde ayer no me llega el código de acceso por SMS y no puedo entrar en la aplicación."
ROUTING = """
[[rule]]
name = "written in Spanish"
continue = true
when = { language = "es" }
then = { lane = "es" }
[[rule]]
name = "login code"
when = { words = ["código de acceso"] }
then = { topic = "login-code", procedure = "login-code" }
"""


def settings(url: str, ca: Path) -> str:
    return f"""
agent = "ana"
undo-seconds = 1
brand = "Soporte"
[[lane]]
name = "en"
title = "English"
[[lane]]
name = "es"
title = "Español"
[[tracker]]
name = "rt"
kind = "rt"
url = "{url}"
secret = "env:RT_TOKEN"
ca-file = "{ca}"
queues = {{ Billing = "" }}
poll-seconds = 1
"""


def letter() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ana <{CUSTOMER}>", "soporte@desk.example", SUBJECT
    mail["Message-ID"], mail["Date"] = "<whole.way@clientes.example>", "Mon, 23 Nov 2026 10:00:00 +0100"
    mail.set_content(LETTER)
    return mail.as_bytes()


def answers(stack: MailStack) -> list[str]:
    """Return the texts in the customer's mailbox, read as their own mail program does, automatic mail left out."""
    with imaplib.IMAP4_SSL("localhost", stack.ports["imaps"], ssl_context=stack.tls()) as imap:
        imap.login(CUSTOMER, stack.users[CUSTOMER])
        imap.select(readonly=True)
        numbers = imap.search(None, "ALL")[1][0].split()
        found: list[Any] = [imap.fetch(number.decode(), "(RFC822)")[1][0] for number in numbers]
    mails = [message_from_bytes(part[1], policy=default) for part in found]
    bodies = [mail.get_body(("plain",)) for mail in mails if OUR_SUBJECT.search(mail["Subject"])]
    return [body.get_content() for body in bodies if body is not None]


def test_from_the_customers_mail_to_the_customers_mailbox(
    mail_stack: MailStack, request_tracker: RequestTrackerServer, tmp_path: Path
) -> None:
    path, folder = tmp_path / "desk.db", config_folder()
    folder.mkdir(parents=True)
    (folder / "routing.toml").write_text(ROUTING)
    mail_stack.hand_over(request_tracker.gate("Billing"))  # no other test's tickets are there
    request_tracker.mail_through(mail_stack.ports["smtp"])
    try:
        with tls_front(request_tracker.port, mail_stack.folder / "tls") as port:
            (folder / "config.toml").write_text(settings(f"https://localhost:{port}", mail_stack.ca))
            mail_stack.deliver(CUSTOMER, "soporte@desk.example", letter())
            token = {"RT_TOKEN": request_tracker.tokens["alice"]}
            with Terminal("--db", str(path), environment=token, longest=PATIENCE) as terminal:
                terminal.see(rf"Español · 1 open[^\0]*{SUBJECT}")
                terminal.press(".")
                terminal.see(r"\n 1 \w.* · 4 [^\W\d]")
                terminal.press("1")
                terminal.see("Enter sends, solves, next")
                terminal.press(ENTER)
                until(lambda: answers(mail_stack), lambda: terminal.picture, PATIENCE)
                assert terminal.leave() == 0
    finally:
        request_tracker.mail_through(None)
    with closing(Store.open(path)) as store:
        (ticket,) = store.tickets.each()
        (sent,) = [one for one in store.messages.of(ticket.id) if one.macro]
    (answer,) = answers(mail_stack)
    assert answer.split() == sent.text.split()
    assert (ticket.lane, ticket.language) == ("es", "es")
    there = request_tracker.ask("GET", f"ticket/{ticket.external_ref}")
    fields = {one["name"]: one["values"] for one in there["CustomFields"]}
    assert there["Status"] == "resolved"
    assert there["Owner"]["id"] == "alice"
    assert fields["Macro"] == [sent.macro]
    assert fields["Language"] == ["es"]
