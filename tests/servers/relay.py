"""Sends the mail on standard input through the server on a port of this machine: what `sendmail -t` does."""

import smtplib
import sys
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses, parseaddr

raw = sys.stdin.buffer.read()
mail = message_from_bytes(raw, policy=default)
people = [address for _, address in getaddresses([str(mail[name]) for name in ("To", "Cc", "Bcc") if mail[name]])]
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=30) as smtp:
    smtp.sendmail(parseaddr(str(mail["From"]))[1], people, raw)
