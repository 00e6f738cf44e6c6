"""What a file may do to who opens it, and whether it is a text that can be shown here."""

from __future__ import annotations

import re
from enum import StrEnum

from queues.files.safe_names import safe_name
from queues.mail.charsets import decode

LONGEST_SHOWN = 65_536
"""Bytes of a text file that are shown."""


class Danger(StrEnum):
    """What to know before opening a file; the values are words for people."""

    PROGRAM = "a program or script"
    MACROS = "an office file with macros"
    WEB_PAGE = "a web page: it can run scripts and look like a sign-in"
    ARCHIVE = "an archive: what is inside was not looked at"
    NAMED_OTHERWISE = "its name says another kind of file than its bytes"


_PROGRAMS = """
acm ade adp apk app appimage appref-ms appx bash bat bin cmd com command cpl csh deb desktop diagcab dll dmg drv elf
exe fish gadget hta inf ins isp jar jnlp js jse ksh library-ms lnk mde msc msh msi msix msp mst ocx out pif pkg php pl
ps1 ps1xml ps2 psc1 psm1 py pyc pyw pyz rb reg rpm run scf scpt scr sct search-ms service settingcontent-ms sh shb shs
sys terminal tool url vb vbe vbs website workflow ws wsc wsf wsh xbap xll zsh
"""
_WITH_MACROS = "docm dotm potm ppam ppsm pptm sldm xla xlam xlm xlsb xlsm xltm"
_PAGES = "htm html mht mhtml shtml svg svgz xht xhtml"
_ARCHIVES = "7z ace arj bz2 cab gz img iso lha lz lzh lzma rar tar tgz vhd vhdx xz z zip zst"
_OFFICE = "docx dotx epub odg odp ods odt ots ott potx ppsx pptx sldx vsdx xlsx xltx"
_ENDINGS = {
    Danger.PROGRAM: frozenset(_PROGRAMS.split()),
    Danger.MACROS: frozenset(_WITH_MACROS.split()),
    Danger.WEB_PAGE: frozenset(_PAGES.split()),
    Danger.ARCHIVE: frozenset(_ARCHIVES.split()),
}
_TYPES = {
    "application/hta": Danger.PROGRAM,
    "application/java-archive": Danger.PROGRAM,
    "application/javascript": Danger.PROGRAM,
    "application/vnd.microsoft.portable-executable": Danger.PROGRAM,
    "application/x-desktop": Danger.PROGRAM,
    "application/x-dosexec": Danger.PROGRAM,
    "application/x-executable": Danger.PROGRAM,
    "application/x-ms-shortcut": Danger.PROGRAM,
    "application/x-msdos-program": Danger.PROGRAM,
    "application/x-msdownload": Danger.PROGRAM,
    "application/x-sh": Danger.PROGRAM,
    "application/x-shellscript": Danger.PROGRAM,
    "text/javascript": Danger.PROGRAM,
    "text/x-python": Danger.PROGRAM,
    "text/x-shellscript": Danger.PROGRAM,
    "application/xhtml+xml": Danger.WEB_PAGE,
    "image/svg+xml": Danger.WEB_PAGE,
    "text/html": Danger.WEB_PAGE,
    "application/gzip": Danger.ARCHIVE,
    "application/vnd.rar": Danger.ARCHIVE,
    "application/x-7z-compressed": Danger.ARCHIVE,
    "application/x-rar-compressed": Danger.ARCHIVE,
    "application/x-tar": Danger.ARCHIVE,
    "application/zip": Danger.ARCHIVE,
}
_PROGRAM_BYTES = (
    b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"L\x00\x00\x00\x01\x14\x02\x00", b"\xed\xab\xee\xdb", b"!<arch>",
)  # fmt: skip
"""How programs begin: Linux, scripts, macOS, Java, shortcuts, packages."""
_DESKTOP_ENTRY = re.compile(rb"^\[Desktop Entry\]", re.M)
_ZIP = b"PK\x03\x04"
_ARCHIVE_BYTES = (_ZIP, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_ZIPPED = frozenset(_OFFICE.split())
"""Endings of files that are an archive inside and are read as one file."""
_OLE, _OLE_MACROS = b"\xd0\xcf\x11\xe0", "_VBA_PROJECT".encode("utf-16-le")
_WEB_BYTES = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head|body|script|svg)\b", re.I | re.S)
_BEGINNINGS = {
    "pdf": (b"%PDF",), "png": (b"\x89PNG",), "jpg": (b"\xff\xd8",), "jpeg": (b"\xff\xd8",), "gif": (b"GIF8",),
}  # fmt: skip
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def dangers(name: str, content_type: str, content: bytes | None = None) -> tuple[Danger, ...]:
    """Return what there is to know before the file is opened; without its bytes, as far as name and type show."""
    ending = _ending(name, content_type)
    by_name = {danger for danger, endings in _ENDINGS.items() if ending in endings}
    by_type = {_TYPES[content_type]} if content_type in _TYPES else set()
    inside = set() if content is None else _inside(content, ending)
    if ending in _ZIPPED:
        by_type.discard(Danger.ARCHIVE)
    return tuple(danger for danger in Danger if danger in by_name | by_type | inside)


def shown_text(name: str, content_type: str, content: bytes) -> str | None:
    """Return the beginning of a text file; None for any other file. It is foreign: make it safe before drawing it."""
    beginning = content[:LONGEST_SHOWN]
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return beginning[: len(beginning) // 2 * 2].decode("utf-16", "replace")
    if _NO_TEXT.search(beginning) or _ending(name, content_type) in _BEGINNINGS:
        return None
    if content_type.partition("/")[0] in {"image", "audio", "video"} and content_type != "image/svg+xml":
        return None
    return decode(_whole_characters(beginning))


def _ending(name: str, content_type: str) -> str:
    """Return the ending, in small letters, of the name under which the file is saved."""
    return safe_name(name, content_type).rpartition(".")[2].lower()


def _inside(content: bytes, ending: str) -> set[Danger]:
    head = content[:LONGEST_SHOWN]
    seen = set[Danger]()
    of_windows = head.startswith(b"MZ") and b"\0" in head[:64]
    if of_windows or head.startswith(_PROGRAM_BYTES) or _DESKTOP_ENTRY.search(head):
        seen.add(Danger.PROGRAM)
    if (head.startswith(_ZIP) and b"vbaProject.bin" in content) or (head.startswith(_OLE) and _OLE_MACROS in content):
        seen.add(Danger.MACROS)
    if _WEB_BYTES.match(head):
        seen.add(Danger.WEB_PAGE)
    if head.startswith(_ARCHIVE_BYTES) and ending not in _ZIPPED:
        seen.add(Danger.ARCHIVE)
    if ending in _BEGINNINGS and content and not any(begin in content[:1024] for begin in _BEGINNINGS[ending]):
        seen.add(Danger.NAMED_OTHERWISE)
    return seen


def _whole_characters(beginning: bytes) -> bytes:
    """Return the bytes without a last UTF-8 character that was cut."""
    for cut in range(1, min(4, len(beginning)) + 1):
        byte = beginning[-cut]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return beginning[:-cut] if length > cut else beginning
        if byte < 0x80:
            break
    return beginning
