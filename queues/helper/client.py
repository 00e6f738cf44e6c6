"""The desk's side of the helper process: messages in, `Incoming` out, even if a message crashes the reader.

Requests are written ahead of the answers, so a batch costs no round trips. A message that ends the helper is answered
from its header lines alone, as unreadable; the helper starts again and goes on with the next.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from data.errors import ConnectorError
from data.records.incoming import Incoming
from queues.ground import children

if TYPE_CHECKING:
    from queues.exports.ticket import ExportedTicket
    from queues.mail.pictures import SmallPicture

Answer = TypeVar("Answer")

WALL_SECONDS = 8.0
"""How long one answer may take by the clock. The helper limits its own processor time more tightly."""
START_SECONDS = 60.0
_CHUNK = 1 << 20
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as it came, and its source as text for a report."""

    raw: bytes
    source: str


class _LostError(Exception):
    """The helper ended or had to be killed; the text says why."""


class Helper:
    """One long-lived helper process, started on first use. Use it from one thread; close it, or use `with`."""

    def __init__(
        self,
        *,
        own_addresses: Sequence[str] = (),
        command: Sequence[str] | None = None,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self._own = tuple(address.casefold() for address in own_addresses)
        # -P keeps the current folder off the import path: it may hold anything.
        self._command = tuple(command or (sys.executable, "-P", "-m", "queues.helper.process"))
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._received = bytearray()
        self.restarts = 0

    def __enter__(self) -> Helper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, messages: Sequence[RawMessage], *, connector: str, servers: Sequence[str] = ()) -> list[Incoming]:
        """Read messages, one answer each, in their order. Raises ConnectorError if no helper can be started.

        `servers` are those whose authentication results are believed; none: that of the topmost header.
        """
        named = tuple(server.strip().casefold() for server in servers)
        requests = [(connector, raw.source, self._own, raw.raw, "", "", False, named) for raw in messages]

        def unread(place: int, problem: str) -> Incoming:
            from queues.mail.read_mail import unread_mail  # reading mail is 5 MB of modules, here hardly ever needed

            raw = messages[place]
            return unread_mail(raw.raw, connector=connector, source=raw.source, problem=problem)

        return self._each(requests, msgspec.msgpack.Decoder(Incoming).decode, unread)

    def split(self, records: Sequence[tuple[str, bytes]]) -> list[ExportedTicket]:
        """Read records of exports, each with its tool's name before it. Raises ConnectorError as `read` does."""
        from queues.exports.ticket import ExportedTicket

        requests = [("", "", self._own, raw, tool) for tool, raw in records]
        decode = msgspec.msgpack.Decoder(ExportedTicket).decode
        return self._each(requests, decode, lambda place, problem: ExportedTicket(problem=f"it {problem}"))

    def file(self, raw: bytes, sha256: str) -> bytes | None:
        """Return a file of a mail, None where it cannot be read out of it. Raises ConnectorError as `read` does."""
        decode: Callable[[bytes], bytes | None] = msgspec.msgpack.Decoder(bytes | None).decode
        (content,) = self._each([("", "", self._own, raw, "", sha256)], decode, lambda place, problem: None)
        return content

    def small_picture(self, content: bytes) -> SmallPicture | None:
        """Return a picture made small, None where it cannot be decoded. Raises ConnectorError as `read` does."""
        from queues.mail.pictures import SmallPicture

        decode: Callable[[bytes], SmallPicture | None] = msgspec.msgpack.Decoder(SmallPicture | None).decode
        (picture,) = self._each([("", "", self._own, content, "", "", True)], decode, lambda place, problem: None)
        return picture

    def _each(
        self, requests: Sequence[Any], decode: Callable[[bytes], Answer], lost: Callable[[int, str], Answer]
    ) -> list[Answer]:
        """Send the requests; `lost` provides the answer for a request that ended the helper."""
        answers: list[Answer] = []
        while len(answers) < len(requests):
            if self._process is None:
                self._start()
            try:
                self._exchange(requests[len(answers) :], decode, answers)
            except _LostError as error:
                self._stop()
                if children.ending.is_set():
                    raise ConnectorError(
                        "Mail reader", "The program is ending; unread mail is kept for the next start."
                    ) from error
                self.restarts += 1
                answers.append(lost(len(answers), str(error)))
        return answers

    def close(self) -> None:
        """End the helper process."""
        self._stop()

    def _start(self) -> None:
        here = str(Path(__file__).resolve().parents[2])
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": here},
            )
            children.adopt(self._process)
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
            self._received.clear()
            deadline = time.monotonic() + START_SECONDS
            while self._frame() is None:
                self._wait(deadline, b"", START_SECONDS)
        except (OSError, _LostError) as error:
            self._stop()
            raise ConnectorError(
                "Mail reader", f"The helper process could not be started ({error}); run `tridesk doctor`."
            ) from error

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written has no reader any more

    def _exchange(self, requests: Sequence[Any], decode: Callable[[bytes], Answer], answers: list[Answer]) -> None:
        """Write requests and collect answers side by side, so that neither pipe can fill up and block the other."""
        pending = iter(requests)
        unsent = memoryview(b"")
        wanted = len(answers) + len(requests)
        deadline = time.monotonic() + self._wall_seconds
        while len(answers) < wanted:
            if not unsent and (request := next(pending, None)) is not None:
                body = msgspec.msgpack.encode(request)
                unsent = memoryview(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
            unsent = unsent[self._wait(deadline, unsent, self._wall_seconds) :]
            while (frame := self._frame()) is not None:
                answers.append(decode(frame))
                deadline = time.monotonic() + self._wall_seconds

    def _wait(self, deadline: float, unsent: memoryview | bytes, seconds: float) -> int:
        """Wait until bytes can be read or written; read them, write some, return how many were written."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise _LostError("the reader is not running")
        writers = [process.stdin] if unsent else []
        remaining = max(0.0, deadline - time.monotonic())
        readable, writable, _ = select.select([process.stdout], writers, [], remaining)
        if not readable and not writable and time.monotonic() >= deadline:
            raise _LostError(f"took longer than {seconds:g} s to read")
        if readable:
            data = os.read(process.stdout.fileno(), _CHUNK)
            if not data:
                raise _LostError("took too much time or memory to read")
            self._received += data
        if not writable:
            return 0
        try:
            return os.write(process.stdin.fileno(), unsent[:_CHUNK])
        except BlockingIOError:
            return 0
        except OSError:
            return 0  # it ended; what it had answered is still to be read, then the end shows

    def _frame(self) -> bytes | None:
        """Remove a complete frame from the received bytes."""
        if len(self._received) < _LENGTH_BYTES:
            return None
        end = _LENGTH_BYTES + int.from_bytes(self._received[:_LENGTH_BYTES], "big")
        if len(self._received) < end:
            return None
        frame = bytes(self._received[_LENGTH_BYTES:end])
        del self._received[:end]
        return frame
