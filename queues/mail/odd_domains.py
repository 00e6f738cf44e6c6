"""Domains that are not what they look like: Punycode, letters of several scripts, letters that look Latin (UTS #39)."""

from __future__ import annotations

import re
import unicodedata

from data.records.messages import Sign
from data.safe_text import safe_line
from queues.mail.sign_rules import ODD_DOMAIN, ODD_LINK

_LINK = re.compile(r"(?:https?://(?:[^\s/@]*@)?|www\.|[\w.+-]@)([\w.-]+\.[\w-]+)", re.I)
_MOST_TEXT, _MOST_LINKS = 200_000, 3
_LOOKS_LATIN = frozenset("асеорхуіјѕԁԛԝһӏаеοаνρτυκικαχуıɑɡ")
"""Letters of other scripts that are drawn like Latin letters."""
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"})


def odd_domain(address: str) -> Sign | None:
    """Return the sign of an address whose domain can be taken for another; None if it reads as it is written."""
    domain = address.rpartition("@")[2].casefold()
    shown = decoded(domain)
    if shown.isascii():
        return None
    for label in shown.split("."):
        scripts = {_script(letter) for letter in label if letter.isalpha()}
        if len(scripts) > 1 and not scripts <= _JAPANESE:
            return _sign(domain, shown, f"mixes {' and '.join(sorted(script.title() for script in scripts))} letters")
        if scripts and "LATIN" not in scripts and all(letter in _LOOKS_LATIN for letter in label if letter.isalpha()):
            return _sign(domain, shown, "only looks Latin")
    return _sign(domain, shown, "written as Punycode") if domain != shown else None


def odd_links(text: str) -> tuple[Sign, ...]:
    """Return the signs of the domains in a text's links and addresses, a few of them at most."""
    if text.isascii() and "xn--" not in text.casefold():
        return ()
    domains = dict.fromkeys(match[1].casefold() for match in _LINK.finditer(text[:_MOST_TEXT]))
    signs = (odd_domain(domain) for domain in domains)
    return tuple(Sign(ODD_LINK, sign.seen) for sign in signs if sign is not None)[:_MOST_LINKS]


def decoded(domain: str) -> str:
    """Return a domain as it is shown, its Punycode undone (RFC 3492)."""
    return ".".join(_decoded(label) for label in domain.split(".")[:20])


def _sign(domain: str, shown: str, why: str) -> Sign:
    return Sign(
        ODD_DOMAIN, safe_line(f"{domain} reads {shown}: {why}" if domain != shown else f"{domain}: {why}")[:200]
    )


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
