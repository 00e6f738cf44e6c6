"""A private mail server for the tests: Dovecot for mailboxes, Postfix for SMTP, on loopback, in one folder.

Nothing of the system's own configuration is read or written; every process is ended by its number.
"""

from __future__ import annotations

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import secrets
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from pathlib import Path

NEEDED = ("dovecot", "openssl", "/usr/lib/postfix/sbin/master")
USERS = {
    "support@desk.example": "support-secret",
    "full@desk.example": "full-secret",
    "acentos@desk.example": "contraseña-ñandú",
    "ana@clientes.example": "ana-secret",
    "bob@customers.example": "bob-secret",
    "bounce@customers.example": "bounce-secret",
    "soporte@desk.example": "",
}
_QUOTAS = {"full@desk.example": "20K", "bounce@customers.example": "1B"}
_SERVICES = ("imap", "imaps", "smtp", "submission", "smtps", "lmtp")
_WAIT = 20.0


def missing() -> list[str]:
    """Return which of the programs are not installed, or that we may not start them."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    absent = [name for name in NEEDED if shutil.which(name) is None]
    return absent or ([] if os.getuid() == 0 else ["root rights"])


class MailStack:
    """The two servers and their files. `folder` must be short and open to other users."""

    host = "localhost"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(_SERVICES, _free_ports(len(_SERVICES)), strict=True))
        self.users = dict(USERS)
        self.domains: set[str] = set()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._guards: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("etc", "postfix", "tls", "mail", "run", "state", "log", "spool", "data", "jwt/default/HS256"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for path in (folder, *(one for one in folder.rglob("*") if one.is_dir())):
            path.chmod(0o755)
        self.ca = folder / "tls" / "ca.pem"
        self.other_ca = folder / "tls" / "other.pem"
        self._secret = secrets.token_hex(32)
        certificates(folder / "tls")
        self._write_users()
        self._write_dovecot()
        self._write_postfix()

    def start(self) -> None:
        self.start_imap()
        self.start_smtp()

    def stop(self) -> None:
        self.stop_imap()
        self.stop_smtp()

    def start_imap(self) -> None:
        self._start("dovecot", ["dovecot", "-F", "-c", str(self.folder / "etc/dovecot.conf")])
        self._await("imap", "imaps", "lmtp")

    def stop_imap(self) -> None:
        self._end("dovecot")

    def start_smtp(self) -> None:
        # Postfix waits until a configuration is two seconds old: make it older
        for path in (self.folder / "postfix").iterdir():
            os.utime(path, (time.time() - 60, time.time() - 60))
        self._start("postfix", ["/usr/lib/postfix/sbin/master", "-c", str(self.folder / "postfix"), "-d"])
        self._await("smtp", "submission", "smtps")

    def stop_smtp(self) -> None:
        self._end("postfix")

    def add_user(self, name: str, domain: str = "desk.example") -> tuple[str, str]:
        """Make a mailbox, its name letters and a number, and return its address and password."""
        address = f"{name}@{domain}"
        self.users[address] = f"{name}-pw"
        return address, self.users[address]

    def set_password(self, address: str, password: str) -> None:
        """Change a fixed user's password; Dovecot looks at the file once a second."""
        self.users[address] = password
        self._write_users()

    def token(self, address: str, seconds: int = 3600) -> str:
        """Return a signed token (RFC 7519) that the server takes for `seconds`; negative ones are over already."""
        now = int(time.time())
        claims = {"sub": address, "iat": now - 60, "nbf": now - 60, "exp": now + seconds, "aud": "tests"}
        head = {"alg": "HS256", "typ": "JWT"}
        parts = [_b64(json.dumps(part).encode()) for part in (head, claims)]
        signed = hmac.new(self._secret.encode(), b".".join(parts), hashlib.sha256).digest()
        return b".".join([*parts, _b64(signed)]).decode()

    def deliver(self, sender: str, recipient: str, raw: bytes) -> None:
        """Send a mail in from outside, as another server would."""
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=30) as smtp:
            smtp.sendmail(sender, [recipient], raw)

    def hand_over(self, command: str) -> None:
        """Have what comes for soporte@desk.example handed to a program, as a ticketing system is fed."""
        gate = self.folder / "gate"
        gate.write_text(f"#!/bin/sh\nexec {command}\n")
        gate.chmod(0o755)

    def remove_mailbox(self, address: str) -> None:
        """Delete a user's mail and its indexes, as if the mailbox were made anew."""
        name, _, domain = address.partition("@")
        shutil.rmtree(self.folder / "mail" / domain / name, ignore_errors=True)

    def maildir(self, address: str) -> Path:
        name, _, domain = address.partition("@")
        return self.folder / "mail" / domain / name / "Maildir"

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / "log" / f"{name}.out").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        # a run that is killed closes this pipe, and nothing of it stays behind
        number = self._running[name].pid
        self._guards[name] = subprocess.Popen(
            ["/bin/sh", "-c", f"cat >/dev/null; kill -TERM -{number}"], stdin=subprocess.PIPE, start_new_session=True
        )

    def _end(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is None:
            return
        guard = self._guards.pop(name)
        guard.kill()
        guard.communicate()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=_WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # what serves open connections outlives its master by many seconds; the group is ours alone
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)

    def _await(self, *services: str) -> None:
        end = time.monotonic() + _WAIT
        for service in services:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", self.ports[service]), timeout=1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        log = (self.folder / "log").iterdir()
                        told = "\n".join(path.read_text(errors="replace")[-2000:] for path in log)
                        raise RuntimeError(f"{service} did not start:\n{told}") from None
                    time.sleep(0.02)

    def _write_users(self) -> None:
        lines = []
        for address, password in self.users.items():
            quota = f"userdb_quota_rule=*:storage={_QUOTAS[address]}" if address in _QUOTAS else ""
            lines.append(f"{address}:{{PLAIN}}{password}::::::{quota}\n")
        users = self.folder / "etc" / "users"
        users.write_text("".join(lines))
        secret = self.folder / "jwt/default/HS256/default"
        secret.write_bytes(base64.b64encode(self._secret.encode()))
        for path in (users, secret):
            os.chown(path, 0, grp.getgrnam("dovecot").gr_gid)
            path.chmod(0o640)
        (self.folder / "postfix/mailboxes").write_text(
            "".join(f"{address} ok\n" for address in (*self.users, "later@customers.example"))
        )
        (self.folder / "postfix/transport").write_text(
            "later@customers.example retry:4.3.0 try again\nsoporte@desk.example gate:\n"
        )

    def _write_dovecot(self) -> None:
        folder, ports = self.folder, self.ports
        mail = pwd.getpwnam("mail")
        os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)
        (folder / "etc/oauth2.conf").write_text(
            f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/jwt/\n"
            "username_attribute = sub\nclient_id = tests\n"
        )
        special = "".join(f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}\n"
                          for name in ("Drafts", "Sent", "Trash"))  # fmt: skip
        (folder / "etc/dovecot.conf").write_text(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log/dovecot.log
listen = 127.0.0.1, 127.0.0.2
protocols = imap lmtp
instance_name = tests
ssl = required
ssl_cert = <{folder}/tls/server.pem
ssl_key = <{folder}/tls/server.key
ssl_min_protocol = TLSv1.2
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
auth_username_format = %Lu
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
mail_home = {folder}/mail/%Ld/%Ln
mail_location = maildir:~/Maildir
mail_max_userip_connections = 500
mail_fsync = never
mail_plugins = $mail_plugins quota
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/etc/users
}}
passdb {{
  driver = static
  args = password=%n-pw
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/etc/oauth2.conf
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/etc/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%Ld/%Ln allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
{special}}}
service imap-login {{
  inet_listener imap {{
    port = {ports["imap"]}
  }}
  inet_listener imaps {{
    port = {ports["imaps"]}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {ports["lmtp"]}
  }}
}}
service auth {{
  unix_listener auth-smtp {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
protocol imap {{
  mail_plugins = $mail_plugins imap_quota
}}
protocol lmtp {{
  postmaster_address = postmaster@desk.example
}}
plugin {{
  quota = maildir:User quota
  quota_grace = 0
}}
""")

    def _write_postfix(self) -> None:
        folder, ports, place = self.folder, self.ports, self.folder / "postfix"
        # Postfix reads its maps once: users made later are those with a number in their names
        (place / "numbered").write_text(r"/^[a-z]+[0-9]+@(desk|clientes)\.example$/ ok" + "\n")
        (place / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.desk.example
myorigin = desk.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = desk.example clientes.example customers.example
virtual_mailbox_maps = texthash:{place}/mailboxes, regexp:{place}/numbered
transport_maps = texthash:{place}/transport
virtual_transport = lmtp:unix:{folder}/run/lmtp
default_transport = error:5.1.2 these servers send nothing to the outside
relay_transport = error:5.1.2 these servers send nothing to the outside
local_transport = error:5.1.1 no local users
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtputf8_enable = yes
mailbox_size_limit = 0
smtpd_tls_cert_file = {folder}/tls/server.pem
smtpd_tls_key_file = {folder}/tls/server.key
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/run/auth-smtp
smtpd_sasl_auth_enable = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient
minimal_backoff_time = 2s
maximal_backoff_time = 10s
queue_run_delay = 2s
""")
        login = "-o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
        services = "\n".join(f"{name} unix {rest}" for name, rest in _POSTFIX_SERVICES)
        (place / "master.cf").write_text(f"""
127.0.0.1:{ports["smtp"]} inet n - n - - smtpd
127.0.0.1:{ports["submission"]} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_tls_auth_only=yes {login}
127.0.0.1:{ports["smtps"]} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes {login}
{services}
gate unix - n n - - pipe user=nobody argv={folder}/gate
""")
        owner = pwd.getpwnam("postfix")
        drop = grp.getgrnam("postdrop").gr_gid
        for name in _SPOOL:
            path = folder / "spool" / name
            path.mkdir(exist_ok=True)
            if name in {"maildrop", "public"}:
                os.chown(path, owner.pw_uid, drop)
                path.chmod(0o1730 if name == "maildrop" else 0o2710)
            elif name != "pid":
                os.chown(path, owner.pw_uid, 0)
                path.chmod(0o700)
        os.chown(folder / "data", owner.pw_uid, 0)
        (folder / "data").chmod(0o700)


_SPOOL = (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace",
    "maildrop", "public", "pid",
)  # fmt: skip
_POSTFIX_SERVICES = (
    ("postlog", "n - n - 1 postlogd"), ("pickup", "n - n 60 1 pickup"), ("cleanup", "n - n - 0 cleanup"),
    ("qmgr", "n - n 300 1 qmgr"), ("tlsmgr", "- - n 1000? 1 tlsmgr"), ("rewrite", "- - n - - trivial-rewrite"),
    ("bounce", "- - n - 0 bounce"), ("defer", "- - n - 0 bounce"), ("trace", "- - n - 0 bounce"),
    ("verify", "- - n - 1 verify"), ("flush", "n - n 1000? 0 flush"), ("proxymap", "- - n - - proxymap"),
    ("error", "- - n - - error"), ("retry", "- - n - - error"), ("lmtp", "- - n - - lmtp"),
    ("anvil", "- - n - 1 anvil"), ("scache", "- - n - 1 scache"),
)  # fmt: skip


def certificates(folder: Path) -> None:
    """Make an authority, a server certificate for localhost, and an authority that signed nothing."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    (folder / "ext").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    new = ["openssl", "req", *key]
    for name in ("ca", "other"):
        subject = [
            "-x509",
            "-days",
            "30",
            "-subj",
            f"/CN=tests {name}",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
        ]
        _run(folder, [*new, *authority, *subject])
    _run(folder, [*new, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"])
    _run(folder, ["openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                  "-CAcreateserial", "-days", "30", "-extfile", "ext", "-out", "server.pem"])  # fmt: skip


def _run(folder: Path, command: list[str]) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
