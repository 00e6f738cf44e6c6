"""Converts another tool's text to a macro body: values and conditions are mapped, the rest becomes asks and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

from macros.files.front_matter_fields import RESERVED
from macros.files.toml_text import as_words
from macros.importing import liquid
from macros.importing.placeholders import FILTERS, LANGUAGE_FIELD, ask_name, language_code, our_name

_LITERAL = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)')\s*""")
_COMPARED = re.compile(r"""([\w.\[\]-]+)\s*(==|!=|contains)\s*("[^"]*"|'[^']*'|[\w.-]+)""")
_FALLBACK = re.compile(r"""(?:fallback\s*=|default\s*:?)\s*["']?(.*?)["']?\s*$""")
_ELSEWISE = {"hold": "on hold"}
_EMPTY = frozenset({"blank", "nil", "null", "empty", "''", '""'})


@dataclass(slots=True)
class Asked:
    """A value or a decision that the macro has to ask for."""

    name: str
    label: str
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Converter:
    """Turns one tool's texts into ours and remembers what had to be asked for or left out."""

    tool: str
    default_language: str = "en"
    asks: dict[str, Asked] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    """What could not be put into ours, a sentence each."""

    def bodies(self, text: str) -> dict[str, str]:
        """Return body texts by language; under `""` where the text does not look at the language.

        Raises LiquidError for a template that cannot be read.
        """
        tree = liquid.parse(text)
        codes = {code for choice in liquid.choices(tree) for codes in _languages(choice) or () for code in codes}
        if not codes:
            return {"": self._written(tree)}
        if not any(code.split("-")[0] == self.default_language for code in codes):
            codes.add(self.default_language)
        return {code: self._written(liquid.resolve(tree, partial(_spoken, code))) for code in sorted(codes)}

    def line(self, text: str) -> str:
        """Return a text of one line, such as a subject."""
        return " ".join(next(iter(self.bodies(text).values())).split())

    def _written(self, nodes: tuple[liquid.Node, ...]) -> str:
        parts = []
        for node in nodes:
            if isinstance(node, liquid.Words):
                parts.append(as_words(node.text))
            elif isinstance(node, liquid.Out):
                parts.append(self._value(node.expression))
            elif isinstance(node, liquid.Choice):
                parts.append(self._choice(node))
            else:
                self.notes[f"{{% {node.tag[:60]} %}} was left out"] = None
        return "".join(parts)

    def _value(self, expression: str) -> str:
        literal = _LITERAL.fullmatch(expression)
        if literal:
            return as_words(literal[1] or literal[2] or "")
        name, *rest = re.split(r"\s*[|,]\s*", expression)
        result = our_name(name, self.tool) or self._ask(name)
        for item in rest:
            fallback = _FALLBACK.match(item)
            if fallback:
                result += f" | default({_quoted(fallback[1])})"
            elif item in FILTERS:
                result += f" | {FILTERS[item]}"
            else:
                self.notes[f"the filter {item[:40]!r} of {name[:60]} was left out"] = None
        return f"{{{{ {result} }}}}"

    def _ask(self, theirs: str, choices: tuple[str, ...] = ()) -> str:
        name = ask_name(theirs, RESERVED)
        known = self.asks.get(name)
        if known is None:
            self.asks[name] = Asked(name, theirs[:200], choices)
            self.notes[f"{theirs[:80]} is not known here; it is asked for as {name}"] = None
        return name

    def _choice(self, choice: liquid.Choice) -> str:
        tests = [_test(choice.subject, branch.test, self.tool) if branch.test else "" for branch in choice.branches]
        if any(test is None for test in tests):
            return self._decided(choice)
        parts = []
        for number, (test, branch) in enumerate(zip(tests, choice.branches, strict=True)):
            tag = f"{{% {'elif' if number else 'if'} {test} %}}" if test else "{% else %}" if number else ""
            parts.append(tag + self._written(branch.body))
        return "".join(parts) + ("{% endif %}" if any(tests) else "")

    def _decided(self, choice: liquid.Choice) -> str:
        """Let the agent decide what only the other tool could know: one choice for each branch."""
        labels = []
        for number, branch in enumerate(choice.branches, 1):
            said = " ".join(f"{choice.subject} {branch.test}".split())[:80] if branch.test else "otherwise"
            labels.append(re.sub(r"[{}\"\\]", "", said) or str(number))
        if choice.branches[-1].test:
            labels.append("otherwise")
        choices = tuple(dict.fromkeys(labels))
        name = self._ask(f"case {choice.subject} {choice.branches[0].test}", choices)
        parts = [
            f"{{% {'elif' if number else 'if'} {name} == {_quoted(label)} %}}{self._written(branch.body)}"
            for number, (label, branch) in enumerate(zip(labels, choice.branches, strict=False))
        ]
        return "".join(parts) + "{% endif %}"


def _languages(choice: liquid.Choice) -> list[tuple[str, ...]] | None:
    """Return which languages each branch is for, none for the last of all else; None if it is about other things."""
    results: list[tuple[str, ...]] = []
    for branch in choice.branches:
        if not branch.test:
            results.append(())
            continue
        if choice.subject:
            named = LANGUAGE_FIELD.fullmatch(choice.subject)
            codes = [language_code(part) for part in re.split(r"\s*,\s*|\s+or\s+", branch.test)]
        else:
            compared = _COMPARED.fullmatch(branch.test)
            named = LANGUAGE_FIELD.fullmatch(compared[1]) if compared and compared[2] != "!=" else None
            codes = [language_code(compared[3])] if compared else []
        if not named or not all(codes):
            return None
        results.append(tuple(codes))
    return results if any(results) else None


def _spoken(code: str, choice: liquid.Choice) -> liquid.Branch | bool | None:
    """Return the branch for a language; True for a condition about other things."""
    languages = _languages(choice)
    if languages is None:
        return True
    base = code.split("-")[0]
    for wanted in ((code,), (base,)):
        for codes, branch in zip(languages, choice.branches, strict=True):
            if set(wanted) & set(codes):
                return branch
    return next((branch for branch in choice.branches if not branch.test), None)


def _test(subject: str, test: str, tool: str) -> str | None:
    """Return a condition in ours, None if it looks at what we do not know."""
    if subject:
        result = our_name(subject, tool)
        values = [_LITERAL.fullmatch(part) for part in re.split(r"\s*,\s*", test)]
        if not result or not all(values):
            return None
        return " or ".join(f"{result} == {_value_of(match[1] or match[2] or '')}" for match in values if match)
    negated = re.fullmatch(r"not \((.*)\)", test)
    parts = re.split(r"\s+(and|or)\s+", negated[1] if negated else test)
    said = [part if part in ("and", "or") else _one_test(part, tool) for part in parts]
    if any(part is None for part in said):
        return None
    joined = " ".join(part or "" for part in said)
    return f"not ({joined})" if negated else joined


def _one_test(test: str, tool: str) -> str | None:
    compared = _COMPARED.fullmatch(test.strip())
    result = our_name(compared[1] if compared else test, tool)
    if not result:
        return None
    if compared is None:
        return result
    if compared[3] in _EMPTY:
        return result if compared[2] == "!=" else f"not {result}"
    literal = _LITERAL.fullmatch(compared[3])
    if literal is None:
        return None
    value = _value_of(literal[1] or literal[2] or "")
    return f"{value} in {result}" if compared[2] == "contains" else f"{result} {compared[2]} {value}"


def _value_of(said: str) -> str:
    return _quoted(_ELSEWISE.get(said.lower(), said))


def _quoted(text: str) -> str:
    """Return a text as a constant of a template."""
    kept = " ".join(re.sub(r"[{}%#\\\\]", "", text).split())
    return '"' + kept.replace('"', "'") + '"'
