"""The helper process itself: reads framed requests from standard input, answers each on standard output, in order.

A frame is four bytes of length (big endian) and as many of msgpack. Limits are set here, by the operating system: a
message that takes too much time or memory ends the process, and `queues.helper.client` starts the next one.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from data.records.incoming import Incoming
from queues.mail.json_line import read_line
from queues.mail.read_mail import read_mail

if TYPE_CHECKING:
    from queues.exports.ticket import ExportedTicket
    from queues.mail.pictures import SmallPicture

LENGTH = struct.Struct(">I")
SECONDS = 2.0
"""Processor time that one message may take."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space of the whole process."""


class Request(msgspec.Struct, array_like=True):
    """One message to be read."""

    connector: str
    source: str
    own_addresses: tuple[str, ...]
    raw: bytes
    tool: str = ""
    """Whose exported ticket it is; empty for a message."""
    file: str = ""
    """The SHA-256 of a file of the mail, where that file is wanted."""
    picture: bool = False
    """Whether `raw` is a picture to be made small."""
    servers: tuple[str, ...] = ()
    """The servers whose authentication results are believed; empty for the one of the topmost header."""


def answer(request: Request) -> Incoming | ExportedTicket | SmallPicture | bytes | None:
    """Read what is in the request: a ticket of an export, a picture, a JSON object on one line, a mail or its file."""
    if request.picture:
        from queues.mail.pictures import small_picture  # wanted only when an agent looks at a picture

        return small_picture(request.raw)
    if request.tool:
        from queues.exports.splitting import split  # only imports of exports need it

        return split(request.raw, request.tool)
    if request.file:
        from queues.mail.file_bytes import file_in  # wanted only when an agent looks at a file

        return file_in(request.raw, request.file)
    if request.raw[:1] == b"{":
        return read_line(request.raw, connector=request.connector, source=request.source)
    own = frozenset(request.own_addresses)
    return read_mail(
        request.raw,
        connector=request.connector,
        source=request.source,
        own_addresses=own,
        servers=frozenset(request.servers),
    )


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side closes. An empty frame first says that everything is loaded."""
    decoder = msgspec.msgpack.Decoder(Request)
    encoder = msgspec.msgpack.Encoder()
    answers.write(LENGTH.pack(0))
    answers.flush()
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        request = decoder.decode(requests.read(LENGTH.unpack(head)[0]))
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        frame = encoder.encode(answer(request))
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(LENGTH.pack(len(frame)) + frame)
        answers.flush()


def main() -> None:
    """Set the limits, load what reading needs, and serve."""
    # What ends the desk reaches the whole group of processes, but here it would make the message being read look
    # unreadable; this process ends when the desk closes the pipe.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    read_mail(b"From: a@example.org\n\nHello, this loads what is loaded on first use.", connector="", source="")
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
