"""HTML to readable text in one pass: no tree, no network, no quadratic corner.

Quoted history comes out behind `> ` and a marked signature behind `-- `, so that text rules find them as in plain mail.
"""

from __future__ import annotations

import re
from html import unescape

LONGEST_HTML = 200_000
"""Characters of visible text that are read; a note says where it was cut. Pictures and styles do not count."""
MOST_TAGS = 200_000

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"}
    | {"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "pre"}
    | {"section", "table", "tr", "ul"}
)
_SKIPPED = frozenset({"head", "script", "style", "title", "template", "xml", "object", "svg", "math", "select"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_IN_HEAD = frozenset(
    {"head", "title", "meta", "link", "base", "style", "script", "template", "object", "xml", "noscript"}
)
"""What may be in a head; anything else ends one that was not closed."""
_UNSEEN = r"\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
_VISIBLE = re.compile(f"[^{_UNSEEN}]")
_DATA = re.compile(r"data:[^\"'>]{200,}", re.I)
_LINKED = re.compile(r"(?:https?|ftp|mailto|tel):", re.I)
_LONGEST_LINK = 2_000
_DEEPEST_QUOTE = 20
_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9:_-]*)")
_ATTRIBUTE = re.compile(
    r"""\b(class|style|id|alt|hidden|type|cite|href)\b(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""", re.I
)
_CODE = re.compile(r"<(script|style)\b[^<>]{0,2000}>", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_QUOTE_CLASS = re.compile(r"\b(gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote)\b")
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.I)
"""The look of a blockquote that an indent button makes: without the line at the left by which mail programs quote."""
_SIGNATURE_CLASS = re.compile(r"\b(gmail_signature|moz-signature|protonmail_signature_block)\b", re.I)


class _Writer:
    """Collects lines, with the depth of quoting and whether we are inside something that is not shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoting = 0
        self.pre = 0
        self.size = 0

    def mark(self) -> str:
        """Return what is before a line at this depth of quoting."""
        return "> " * min(self.quoting, _DEEPEST_QUOTE)

    def text(self, text: str) -> None:
        self.size += len(text)
        if self.pre:
            first, *others = text.split("\n")
            self.line.append(first)
            for line in others:
                self.end_line(always=True)
                self.line.append(line)
        else:
            self.line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def end_line(self, *, always: bool = False) -> None:
        content = "".join(self.line)
        if not self.pre:
            content = re.sub(" {2,}", " ", content).strip(" ")
        self.line = []
        if content or always:
            self.lines.append(self.mark() + content)

    def gap(self) -> None:
        """End a paragraph: one empty line, never two."""
        self.end_line()
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append((self.mark()).rstrip())


class _Reader:
    """Follows the open elements just far enough to know what is hidden, quoted or preformatted."""

    def __init__(self) -> None:
        self.out = _Writer()
        self.open: list[tuple[str, bool, bool]] = []
        self.hidden = 0
        self.tags = 0
        self.heads = 0
        self.absent: set[str] = set()
        """What was looked for once and is nowhere further down: the end of a comment, of a script, a body."""
        self.link: tuple[str, int, int] | None = None
        """The target of the link that is open, and where its words begin: in which line, at which piece of it."""

    def start(self, tag: str, rest: str) -> None:
        marks = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(rest)} if rest else {}
        if tag not in _IN_HEAD and ":" not in tag:
            self._end_head(tag)
        if tag in {"p", "li", "td", "th", "tr", "option"} and self.open and self.open[-1][0] == tag:
            self.end(tag)
        hides = tag in _SKIPPED or "hidden" in marks or bool(_HIDDEN.search(marks.get("style", "")))
        indents = bool(_INDENT.search(marks.get("style", ""))) and not {"class", "type", "cite"} & marks.keys()
        quotes = (tag == "blockquote" and not indents) or bool(_QUOTE_CLASS.search(marks.get("class", "")))
        if not self.hidden and not hides:
            self._begin(tag, marks, quotes)
        if tag in _VOID or rest.endswith("/"):
            return
        self.open.append((tag, hides, quotes))
        self.heads += tag == "head"
        self.hidden += hides
        self.out.quoting += quotes
        self.out.pre += tag == "pre"

    def _end_head(self, tag: str) -> None:
        """End a head that was never closed: the body, or anything that no head holds, begins."""
        inner = self.open[-1][0] if self.open else ""
        if inner == "head" or (tag == "body" and self.heads):
            self.end("head")

    def _end_link(self) -> None:
        """Write a link's target next to its words, if the words do not show it."""
        if self.link is None:
            return
        target, lines, pieces = self.link
        self.link = None
        said = " ".join(
            [*self.out.lines[lines:], "".join(self.out.line[pieces if len(self.out.lines) == lines else 0 :])]
        )
        bare = target.removeprefix("mailto:").removeprefix("tel:").partition("?")[0] if target[:1] in "mt" else target
        shown = re.sub(r"^https?://(?:www\.)?|/$", "", bare, flags=re.I)
        if is_seen(said) and shown.lower() not in said.lower():
            self.out.line.append(f" <{target}> ")

    def _begin(self, tag: str, marks: dict[str, str], quotes: bool) -> None:
        out = self.out
        if tag == "br":
            out.end_line(always=True)
        elif tag == "p":
            out.gap()
        elif tag in {"td", "th"}:
            out.line.append(" ")
        elif tag == "a":
            self._end_link()
            target = unescape(marks.get("href", "")).strip()
            if _LINKED.match(target) and len(target) <= _LONGEST_LINK:
                self.link = target, len(out.lines), len(out.line)
        elif tag == "img":
            out.text(unescape(marks.get("alt", "")))
        elif tag in _BLOCKS or quotes:
            out.end_line()
        if _SIGNATURE_CLASS.search(marks.get("class", "") + " " + marks.get("id", "")):
            out.end_line()
            out.lines.append(out.mark() + "-- ")
        if tag == "li":
            out.line.append("- ")

    def end(self, tag: str) -> None:
        """Close the nearest open element of that name and all inside it; a stray end tag changes nothing."""
        for depth in range(len(self.open) - 1, max(-1, len(self.open) - 60), -1):
            if self.open[depth][0] == tag:
                break
        else:
            return
        while len(self.open) > depth:
            name, hides, quotes = self.open.pop()
            self.heads -= name == "head"
            if name == "a" and not self.hidden:
                self._end_link()
            if not self.hidden and (name in _BLOCKS or name == "p" or quotes):
                self.out.gap() if name == "p" else self.out.end_line()
            self.hidden -= hides
            self.out.quoting -= quotes
            self.out.pre -= name == "pre"


def html_to_text(html: str) -> str:
    """Return what a reader would see of `html`, cut at `LONGEST_HTML` characters of it. Never raises.

    Where nothing would be seen of a text with words (all of it hidden, a style never closed), its words are shown.
    """
    html = html.replace("\r\n", "\n")
    text = _seen(html, _Reader())
    if is_seen(text) or not html.strip():
        return text
    words = re.sub(r"<(?:!--|[a-z/!?][^<>]{0,20000}>?)", " ", _without_code(html[:2_000_000]), flags=re.I)
    words = words.replace("-->", " ")
    return " ".join(unescape(words).split())[:LONGEST_HTML] if re.search(r"[^\W\d_]{3,}", words) else text


def _without_code(html: str) -> str:
    """Return HTML without its scripts and styles; one that is never closed stays."""
    kept: list[str] = []
    absent: set[str] = set()
    at = 0
    for code in _CODE.finditer(html):
        if code.start() < at:
            continue
        closing = _further(html, f"</{code[1].lower()}", code.end(), absent)
        if closing >= 0:
            kept.append(html[at : code.start()])
            at = closing
    return "".join([*kept, html[at:]])


def _seen(html: str, reader: _Reader) -> str:
    at = 0
    note = ""
    while at < len(html):
        if reader.out.size > LONGEST_HTML or reader.tags > MOST_TAGS:
            note = "\n[…]"
            break
        opening = html.find("<", at)
        text = html[at : at + LONGEST_HTML] if opening < 0 else html[at : min(opening, at + LONGEST_HTML)]
        if text and not reader.hidden:
            reader.out.text(unescape(text))
        if opening < 0:
            break
        at = _markup(html, opening, reader)
    reader.out.end_line()
    text = "\n".join(reader.out.lines).replace("\xa0", " ").strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text) + note


def _markup(html: str, opening: int, reader: _Reader) -> int:
    """Handle what starts at `<` and return where to read on."""
    if html.startswith("<!--", opening):
        end = _further(html, "-->", opening + 2, reader.absent)
        return end + 3 if end >= 0 else opening + 4  # one that never ends hides nothing
    if html.startswith(("<!", "<?"), opening):
        end = html.find(">", opening)
        return end + 1 if end >= 0 else len(html)
    name = _TAG.match(html, opening + 1)
    if name is None:
        if not reader.hidden:
            reader.out.text("<")
        return opening + 1
    end = _tag_end(html, name.end())
    tag = name[2].lower()
    if name[1]:
        reader.end(tag)
    else:
        reader.tags += 1
        rest = html[name.end() : end]
        reader.start(tag, _DATA.sub("", rest) if len(rest) > 1_000 else rest)
        if tag in {"script", "style"}:
            closing = _further(html, f"</{tag}", end, reader.absent)
            body = -1 if closing >= 0 else _further(html, "<body", end, reader.absent)
            return closing if closing >= 0 else body if body >= 0 else len(html)
    return end + 1


def _further(html: str, sign: str, at: int, absent: set[str]) -> int:
    """Return where a sign is next, in letters of any size; -1 if nowhere, which is then remembered in `absent`."""
    match = None if sign in absent else re.compile(re.escape(sign), re.I).search(html, at)
    if match is None:
        absent.add(sign)
    return match.start() if match else -1


def _tag_end(html: str, at: int) -> int:
    """Return where a tag's `>` is, past quoted values; an unclosed quote ends at the first `>`."""
    plain = html.find(">", at)
    if plain < 0:
        return len(html)
    end = plain
    for quote in ('"', "'"):
        first = html.find(quote, at, end)
        if first >= 0 and html.count(quote, at, end) % 2:
            close = html.find(quote, end, end + 2_000)
            further = html.find(">", close) if close >= 0 else -1
            end = further if further >= 0 else end
    return end


def is_seen(text: str) -> bool:
    """Return whether a text has any sign that can be seen: not white space, not of those without width."""
    return bool(_VISIBLE.search(text))
