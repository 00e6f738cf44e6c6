"""What sort of mail it is, told from its headers: a person's, an automatic answer, a bounce, a web form, spam."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from data.records import MessageKind

_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply")
_AUTO_PRECEDENCE = {"auto_reply", "auto-reply", "bulk", "junk", "list"}
_AUTO_SUBJECT = re.compile(
    r"\s*(automatic reply|auto[- ]?reply|autoreply|auto-?response|out of (the )?office|respuesta autom[aá]tica|"
    r"fuera de (la )?oficina|ausente|automatische antwort|r[ée]ponse automatique|resposta autom[aá]tica)\b",
    re.I,
)
_BOUNCE_SENDER = re.compile(r"(mailer-daemon|postmaster)@", re.I)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|undelivered|delivery status|delivery (has )?failed|failure notice|returned mail|mail delivery|"
    r"no se (ha podido|pudo) entregar|devuelto",
    re.I,
)
_NO_REPLY = re.compile(r"(no|do-?not)[-._]?reply|wordpress|form(s|ulario)?@|www-data@", re.I)


def kind_of(
    headers: Mapping[str, Sequence[str]], subject: str, sender: str, reply_to: str, report: bool
) -> MessageKind:
    """Name the kind. Bounce before auto (RFC 3464, RFC 3834), both before spam, else a person's mail."""

    def first(name: str) -> str:
        values = headers.get(name)
        return values[0].strip().lower() if values else ""

    from_daemon = bool(_BOUNCE_SENDER.match(sender)) or first("return-path") == "<>"
    if (
        "x-failed-recipients" in headers
        or (report and from_daemon)
        or (from_daemon and _BOUNCE_SUBJECT.search(subject))
    ):
        return MessageKind.BOUNCE
    submitted = first("auto-submitted").partition(";")[0].strip()
    if submitted not in {"", "no"} or first("precedence") in _AUTO_PRECEDENCE or _AUTO_SUBJECT.match(subject):
        return MessageKind.AUTO
    if any(name in headers for name in _AUTO_HEADERS):
        return MessageKind.AUTO
    if first("x-spam-flag").startswith("yes") or first("x-spam-status").startswith("yes"):
        return MessageKind.SPAM
    if reply_to and reply_to != sender and _NO_REPLY.search(sender):
        return MessageKind.FORM
    return MessageKind.MAIL
