"""A macro's text as Liquid, the language of other tools' placeholders: snippets put in, values under their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from macros.importing.placeholders import theirs_of

MOST_INCLUDES = 50
_CODE = re.compile(r"(\{%-?.*?-?%\}|\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
_INCLUDE = re.compile(r"""\{%-?\s*include\s+["'](.+?)["']\s*-?%\}""")
_IF = re.compile(r"\{%-?\s*(if|elif|else|endif)\b(.*?)-?%\}", re.DOTALL)
_REGISTER = re.compile(r"""\s*customer\.register\s*==\s*["'](\w*)["']\s*""")
_NAME = re.compile(r"""("[^"]*"|'[^']*')|\b([a-z_][\w.]*)""")
_WORDS = frozenset({"and", "or", "contains", "true", "false", "nil", "empty"})


@dataclass
class LiquidText:
    """Converts the texts of one macro and gathers what has no equivalent."""

    snippets: Mapping[str, str]
    """Texts that may be included, by name."""
    register: str
    """The form of address that Spanish is written in: other tools know none."""
    asks: Mapping[str, str] = field(default_factory=dict)
    """What the macro asks for, by name, as people read it."""
    lost: list[str] = field(default_factory=list)
    """What could not be said in Liquid, a sentence each."""

    def of(self, text: str) -> str:
        """Return a text as Liquid."""
        parts = iter([part for part in _CODE.split(self._with_snippets(text)) if part])
        return re.sub(r"\n{3,}", "\n\n", "".join(self._block(parts)[0])).strip()

    def _with_snippets(self, text: str) -> str:
        for _ in range(MOST_INCLUDES):
            match = _INCLUDE.search(text)
            if match is None:
                return text
            if match[1] not in self.snippets:
                self._miss(f"its snippet {match[1]} is missing")
            text = f"{text[: match.start()]}{self.snippets.get(match[1], '').strip()}{text[match.end() :]}"
        return text

    def _block(self, parts: Iterator[str]) -> tuple[list[str], re.Match[str] | None]:
        """Return the texts up to the tag that ends the block, and that tag."""
        said: list[str] = []
        for part in parts:
            tag = _IF.fullmatch(part)
            if tag is not None and tag[1] != "if":
                return said, tag
            said.append(self._choice(tag, parts) if tag is not None else self._part(part))
        return said, None

    def _choice(self, tag: re.Match[str] | None, parts: Iterator[str]) -> str:
        """Return what an `if` with its other branches says."""
        branches: list[tuple[str | None, str]] = []
        while tag is not None and tag[1] != "endif":
            condition = None if tag[1] == "else" else tag[2]
            said, tag = self._block(parts)
            branches.append((condition, "".join(said)))
        return self._decided(branches) if _is_of_register(branches) else self._kept(branches)

    def _decided(self, branches: list[tuple[str | None, str]]) -> str:
        for condition, said in branches:
            wanted = _REGISTER.fullmatch(condition) if condition is not None else None
            if wanted is None or wanted[1] == self.register:
                return said
        return ""

    def _kept(self, branches: list[tuple[str | None, str]]) -> str:
        said = ""
        for number, (condition, text) in enumerate(branches):
            tag = "else" if condition is None else f"{'elsif' if number else 'if'} {self._names(condition.strip())}"
            said += f"{{% {tag} %}}{text}"
        return f"{said}{{% endif %}}"

    def _part(self, part: str) -> str:
        if part.startswith("{#"):
            return ""
        if part.startswith("{{"):
            name = part[2:-2].strip(" -")
            if name in self.asks:
                self._miss(f"it asks for {name}; the text has [{self.asks[name]}] to be replaced")
                return f"[{self.asks[name]}]"
            return f"{{{{{self._names(name)}}}}}"
        if part.startswith("{%"):
            self._miss(f"its template code {part.strip()} stays as it is")
        return part

    def _names(self, code: str) -> str:
        def theirs(match: re.Match[str]) -> str:
            name = match[2]
            if name is None or name in _WORDS:
                return match[0]
            other = theirs_of(name)
            if not other:
                self._miss(f"its value {name} has no equivalent there")
            return other or name

        return _NAME.sub(theirs, code)

    def _miss(self, sentence: str) -> None:
        if sentence not in self.lost:
            self.lost.append(sentence)


def _is_of_register(branches: list[tuple[str | None, str]]) -> bool:
    return all(condition is None or _REGISTER.fullmatch(condition) for condition, _ in branches)
