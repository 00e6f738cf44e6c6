"""Names and addresses out of From, To and their like (RFC 5322), read left to right once, whatever is there.

And the other way: an address as it is read, or as an agent types it, in the one form that every mailer takes.
"""

from __future__ import annotations

import re

from queues.mail.headers import unfolded, words

MOST_ADDRESSES = 200
"""Addresses read of one header."""
_LONGEST_LOCAL, _LONGEST_DOMAIN = 128, 253
_ENCODED = re.compile(r"=\?[^?]*\?[bBqQ]\?[^?]*\?=")

# A quoted name has an end within some hundred characters, or its quote is a character like others: no quadratic search.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.){0,400}+)"|([,;<>():])|([^",;<>():]+|")', re.S)
_BARE = re.compile(r"[^\s<>\"',;:()\[\]@]{1,128}@(?:\[[^\s\[\]]+\]|[^\s<>\"',;:()\[\]]+)")
_SPACED = re.compile(r"[^\s@<>]+ ?@ ?[^\s@<>]+\.[^\s@<>]+")
"""An address and nothing else, with blanks around its @."""
_IN_FRONT = re.compile(r"\A(?:(?i:mailto:)|@[^:]*:)")
"""What may precede an address without being part of it: the scheme of a link, a route (RFC 5322, 4.4)."""
_LETTER = r"(?:[\w!#$%&'*+/=?^`{|}~-]|[^\x00-\x7f\s])"
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
_ATOMS = re.compile(rf"{_LETTER}+(?:\.{_LETTER}+)*")
_DOTTED = re.compile(rf"(?:{_LETTER}|\.)+")
"""What some providers allow before the @, although only quotes make it valid: `.a..b`."""
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LITERAL = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|(?i:IPv6:)[0-9A-Fa-f:.]{2,45})\]")
_PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]{1,32}(?:\.[A-Za-z0-9_+-]{1,32}){0,2}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?){1,4}"
)
"""What nearly all addresses are: nothing in them has another form."""
_BLANK = "\x00"
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_KEPT_LETTERS = re.compile("[\xdf\u1e9e\u03c2]")
"""Letters that are their own since IDNA 2008 (RFC 5894, 7.2); the older rules would write another domain."""
_SPOILT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u2400-\u2426\u27e6\u27e7\ufffd\ud800-\udfff]")
"""Controls, and what `safe_text` writes for what cannot be shown: the address is not the one that was meant."""


def addresses(value: str) -> list[tuple[str, str]]:
    """Return (name, address) pairs; the address in lower case, both empty-able, group names and comments left out."""
    results: list[tuple[str, str]] = []
    name: list[str] = []
    comment: list[str] = []
    angle: list[str] | None = None
    inside = 0
    address = ""
    at_sign = False  # what is in front of a comma may be an address already
    before = ""
    for quoted, mark, text in _TOKEN.findall(_unescaped(unfolded(value))):
        local, before = before, quoted
        if inside:
            inside += (mark == "(") - (mark == ")")
            comment.append(text if inside else "")
        elif mark == "(":
            inside = 1
        elif angle is not None and mark == "<" and not any("@" in piece for piece in angle):
            name += ["<", *angle] if angle else []  # "Ana <3 <ana@x.example>": the first one opened no address
            angle = []
        elif angle is not None and mark != ">":
            angle.append(_kept(quoted) or text or (mark if mark == ":" else ""))
        elif mark == "<":
            angle = []
        elif mark == ">" and angle is not None:
            address, angle = "".join(angle), None
        elif mark == "," and name and not (address or comment or at_sign):
            name.append(mark)  # no one quoted the comma of "Ruiz, Ana <ana@x.example>"
        elif mark in {",", ";"}:
            results += _pair(name, comment, address)
            name, comment, address, at_sign = [], [], "", False
        elif mark == ":":
            name, at_sign = [], False
        elif local and text.startswith("@") and not address:
            name.pop()
            address = _kept(local) + text
        else:
            name.append(re.sub(r"\\(.)", r"\1", quoted) if quoted else text)
            at_sign = at_sign or "@" in text
        if len(results) >= MOST_ADDRESSES:
            return results
    return results + _pair(name, comment, "".join(angle) if angle is not None else address)


def _unescaped(value: str) -> str:
    """Return a header with the signs of an address that a web page or an input method wrote in another way."""
    if "@" not in value:
        value = value.replace("\uff20", "@")
    if "&lt;" in value and "<" not in value:
        for name, sign in _ESCAPES.items():
            value = value.replace(name, sign)
    return value


def _kept(quoted: str) -> str:
    """Return a quoted local part, its quotes only where they say something; blanks in it are part of the address."""
    local = re.sub(r"\\(.)", r"\1", quoted)
    return local if not local or _DOTTED.fullmatch(local) else _quoted(local).replace(" ", _BLANK)


def _quoted(local: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", local) + '"'


def _pair(name: list[str], comment: list[str], address: str) -> list[tuple[str, str]]:
    """Return the mailbox collected so far, as a list of one or none."""
    shown = " ".join("".join(name).split())
    if not address:
        shown = "".join(shown.split()) if _SPACED.fullmatch(shown) else shown
        bare = _BARE.search(shown) if "@" in shown else None
        if bare:
            address, shown = bare[0], (shown[: bare.start()] + shown[bare.end() :]).strip()
    decoded = " ".join(words(shown or " ".join(comment)).split()).strip("\"', ")
    address = _plain(words(address)).lower()
    return [(decoded, address)] if address or decoded else []


def _plain(address: str) -> str:
    """Return an address without blanks, `mailto:` and its fields, a route, quotes around it, and a domain's last dot.

    A blank between words of the local part stays: which of the words was meant is not to be guessed.
    """
    local, at, domain = address.rpartition("@")
    local = re.sub(r" ?([.@:,]) ?", r"\1", " ".join(local.split()))
    whole = local + at + "".join(domain.partition("?")[0].split())
    bare = _IN_FRONT.sub("", whole).replace(_BLANK, " ")
    bare = bare[1:-1] if len(bare) > 2 and bare[0] == bare[-1] == "'" else bare
    return bare.rstrip(".") if "@" in bare else bare


def written_address(address: str) -> str:
    """Return the address as a header and a server take it: a local part quoted where it must be, A-labels (RFC 5890).

    Raises ValueError with the reason, a part of a sentence, where it cannot be written.
    """
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    bare = _IN_FRONT.sub("", address.strip().removeprefix("<").removesuffix(">").strip())
    local, at, domain = bare.rpartition("@")
    if not local or not at:
        raise ValueError("is not a mail address")
    if _SPOILT.search(bare) or _ENCODED.search(bare):
        raise ValueError("holds characters that no mail address has")
    return f"{_local_part(local)}@{_domain(domain.strip().rstrip('.'))}"


def _local_part(local: str) -> str:
    quoted = len(local) > 1 and local.startswith('"') and local.endswith('"')
    bare = re.sub(r"\\(.)", r"\1", local[1:-1]) if quoted else local
    if not bare or len(bare.encode()) > _LONGEST_LOCAL or not (quoted or _DOTTED.fullmatch(bare)):
        raise ValueError("has no usable part before the @")
    return bare if _ATOMS.fullmatch(bare) else _quoted(bare)


def _domain(domain: str) -> str:
    if _LITERAL.fullmatch(domain):
        return domain
    labels = [_a_label(label) for label in _DOTS.split(domain)]
    if not all(_LABEL.fullmatch(label) for label in labels) or len(".".join(labels)) > _LONGEST_DOMAIN:
        raise ValueError("has a domain that cannot exist")
    return ".".join(labels)


def _a_label(label: str) -> str:
    """Return a part of a domain name in ASCII (RFC 3490, and RFC 5891 for letters that RFC 3490 replaces)."""
    if label.isascii():
        return label
    from encodings import idna  # large tables, seldom needed

    try:
        if _KEPT_LETTERS.search(label):
            kept = "".join(letter if _KEPT_LETTERS.match(letter) else idna.nameprep(letter) for letter in label)
            return "xn--" + kept.lower().encode("punycode").decode("ascii")
        return idna.ToASCII(label).decode("ascii")
    except UnicodeError:
        raise ValueError("has a domain that cannot exist") from None
