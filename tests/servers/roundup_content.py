"""Makes a Roundup tracker of the `classic` template and serves it; run as a program, in an interpreter of its own.

`python roundup_content.py make FOLDER URL NAME…` makes it with agents of these names, each with the password
`NAME-pass`; `plain` has the template's own rights, `nobody` none; `… serve FOLDER PORT` serves it.
"""

from __future__ import annotations

import ast
import socketserver
import sys
import threading
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

OWN = """
db.security.addRole(name="Agent")
for cl in ("user", "issue", "msg", "file", "keyword", "status", "priority", "component"):
    db.security.addPermissionToRole("Agent", "View", cl)
for cl in ("issue", "msg", "file", "keyword"):
    db.security.addPermissionToRole("Agent", "Create", cl)
    db.security.addPermissionToRole("Agent", "Edit", cl)
for name in ("Web Access", "Email Access", "Rest Access"):
    db.security.addPermissionToRole("Agent", name)
db.security.addPermissionToRole("Anonymous", "Email Access")
"""
"""Agents may see who writes; a customer's first mail makes them a user."""
ONLY_AGENTS = """
        if db.msg.get(msgid, "internal"):
            continue
"""


CHANGES = {
    "schema.py": [
        (
            "                inreplyto=String())",
            "                inreplyto=String(),\n                internal=Boolean())",
        ),
        (
            '                assignedto=Link("user"),',
            """                macro=String(),
                language=String(),
                procedure=String(),
                component=Link("component"),
                assignedto=Link("user"),""",
        ),
        (
            "# Keywords\n",
            """component = Class(db, "component", name=String())
component.setkey("name")

# Keywords
""",
        ),
        ("# vim: ", OWN + "# vim: "),
    ],
    "detectors/nosyreaction.py": [
        ("        try:\n            cl.nosymessage", ONLY_AGENTS + "        try:\n            cl.nosymessage"),
    ],
}
"""What a support team changes of the template: notes that customers never get, components, fields."""


def make(folder: Path, url: str, agents: list[str]) -> None:
    """Make the tracker and its people."""
    from roundup import init, instance, password

    home = folder / "tracker"
    settings = {
        "rdbms_backend": "sqlite", "tracker_web": f"{url}/", "tracker_email": "issues@desk.example",
        "mail_domain": "desk.example", "mail_host": "localhost", "mail_debug": str(folder / "sent.mbox"),
        "admin_email": "root@desk.example", "web_http_auth": "yes", "web_api_failed_login_limit": "1000",
        "password_pbkdf2_default_rounds": "1000", "email_signature_position": "none",
    }  # fmt: skip
    init.install(str(home), str(Path(sys.prefix) / "share/roundup/templates/classic"), settings=settings)
    for name, changes in CHANGES.items():
        text = (home / name).read_text()
        for old, new in changes:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (home / name).write_text(text)
    tracker = instance.open(str(home))
    tracker.init(password.Password("admin-pass", config=tracker.config))
    database = tracker.open("admin")
    for name in ("billing", "login", "español"):
        database.keyword.create(name=name)
    for name in ("Soporte", "Billing"):
        database.component.create(name=name)
    for name in agents:
        secret = password.Password(f"{name}-pass", config=tracker.config)
        roles = {"plain": "User", "nobody": "Anonymous"}.get(name, "Agent")
        database.user.create(username=name, password=secret, address=f"{name}@desk.example", roles=roles)
    database.commit()
    database.close()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _parse_one_at_a_time() -> None:
    """Let one thread at a time make a syntax tree, as `ast.literal_eval` does for each session that Roundup reads.

    CPython 3.11 counts the depth of all threads in one number and raises SystemError (gh-106905); Roundup answers 500.
    """
    lock, parse = threading.Lock(), ast.parse

    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return parse(*args, **kwargs)

    ast.parse = locked


def serve(folder: Path, port: int) -> None:
    """Serve the tracker until the process is ended."""
    from roundup.cgi.wsgi_handler import RequestDispatcher

    _parse_one_at_a_time()
    make_server("127.0.0.1", port, RequestDispatcher(str(folder / "tracker")), server_class=_Server,
                handler_class=_Quiet).serve_forever()  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
    else:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
