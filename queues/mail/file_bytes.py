"""One file of a mail, found again in the raw bytes by the SHA-256 under which the mail's files are listed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import compat32

from queues.mail import tnef
from queues.mail.body import Leaf, content, headers_of, leaves
from queues.mail.light import Light, lightened
from queues.mail.repairing import without_blank_head
from queues.mail.uuencoded import taken_out


def file_in(raw: bytes, sha256: str) -> bytes | None:
    """Return the bytes of the file, whether it is a part of the mail, uuencoded in a text or packed in a winmail.dat.

    None where the mail holds no such file. Raises what the parser raises on a mail that it cannot read.
    """
    light = lightened(raw)
    root = BytesParser(policy=compat32).parsebytes(without_blank_head(light.raw))
    for leaf in leaves(root):
        for listed, data in _files(leaf, light):
            if hashlib.sha256(listed).hexdigest() == sha256:
                return data
    return None


def _files(leaf: Leaf, light: Light) -> Iterator[tuple[bytes, bytes]]:
    """Yield the bytes that each file of a part is listed by, and those that it has.

    They differ only where a large mail was read without long runs of base64 that belong to another part's source.
    """
    payload = leaf.part.get_payload()
    run = light.decoded(payload) if isinstance(payload, str) else None
    if run is not None:
        listed = b"".join(run)
        packed = "base64" in headers_of(leaf.part).get("content-transfer-encoding", [""])[0].lower()
        yield listed, listed if packed else light.restored(content(leaf.part))
        return
    data = content(leaf.part)
    yield data, light.restored(data)
    inside = [inner for _, inner in taken_out(data)[1]] if leaf.content_type == "text/plain" else []
    inside += [inner for _, inner in tnef.unpacked(data).files] if leaf.content_type in tnef.TYPES else []
    yield from ((inner, inner) for inner in inside)
