"""HTML to readable text in one pass: no tree, no network, no quadratic corner.

Quoted history comes out behind `> ` and a marked signature behind `-- `, so that text rules find them as in plain mail.
"""

from __future__ import annotations

import re
from html import unescape

LONGEST_HTML = 200_000
"""Characters of HTML that are read; a note tells where it was cut."""

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"}
    | {"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "pre"}
    | {"section", "table", "tr", "ul"}
)
_SKIPPED = frozenset(
    {"head", "script", "style", "title", "template", "noscript", "xml", "object", "svg", "math", "select", "textarea"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_DEEPEST_QUOTE = 20
_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9:_-]*)")
_ATTRIBUTE = re.compile(
    r"""\b(class|style|id|alt|hidden|type|cite)\b(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""", re.I
)
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

    def mark(self) -> str:
        """Return what stands before a line at this depth of quoting."""
        return "> " * min(self.quoting, _DEEPEST_QUOTE)

    def text(self, text: str) -> None:
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

    def start(self, tag: str, rest: str) -> None:
        marks = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(rest)} if rest else {}
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
        self.hidden += hides
        self.out.quoting += quotes
        self.out.pre += tag == "pre"

    def _begin(self, tag: str, marks: dict[str, str], quotes: bool) -> None:
        out = self.out
        if tag == "br":
            out.end_line(always=True)
        elif tag == "p":
            out.gap()
        elif tag in {"td", "th"}:
            out.line.append(" ")
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
            if not self.hidden and (name in _BLOCKS or name == "p" or quotes):
                self.out.gap() if name == "p" else self.out.end_line()
            self.hidden -= hides
            self.out.quoting -= quotes
            self.out.pre -= name == "pre"


def html_to_text(html: str) -> str:
    """Return what a reader would see of `html`, cut at `LONGEST_HTML` characters of source. Never raises."""
    note = "\n[…]" if len(html) > LONGEST_HTML else ""
    html = html[:LONGEST_HTML].replace("\r\n", "\n")
    reader = _Reader()
    at = 0
    while at < len(html):
        opening = html.find("<", at)
        text = html[at:] if opening < 0 else html[at:opening]
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
        end = html.find("-->", opening + 2)
        return end + 3 if end >= 0 else len(html)
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
        reader.start(tag, html[name.end() : end])
        if tag in {"script", "style"}:
            closing = re.compile(f"</{tag}", re.I).search(html, end)
            return closing.start() if closing else len(html)
    return end + 1


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
