"""The texts of the interface, and their translations: `make messages`.

    python -m tools.messages            collects the texts, updates every catalogue and lists what has no translation
    python -m tools.messages pt         begins a catalogue for another language
    python -m tools.messages --check    changes nothing; exits 1 if something is missing or not up to date

Texts come from three places: calls of `words` and `counted`, data that is shown through `words` (`DATA`, the keys,
the forms of accounts), and sentences of the rooms below the screen, which know no language: their values become
places in a pattern, `{path}: {error}`, and `tui.look.words.translated` finds the pattern of a sentence again.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from queues.accounts.forms import form_of, kinds
from tools.message_sources import CLICK, COMPOSED, DATA, NOT_SHOWN, SAID_BY, SENTENCES_OF, SHOWN_WORDS
from tui.cli.in_language import plain
from tui.cli.main import COMMANDS, cli
from tui.keys.actions import ACTIONS, Scope
from tui.look.words import FEWEST_LETTERS, SENTENCES, parts
from tui.setup.interface_language import DOMAIN, FOLDER

HOUSE = Path(__file__).resolve().parent.parent
ROOMS = ("tui", "queues", "macros", "data")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the interface in English, and where it is."""

    text: str
    place: str
    many: str = ""
    """The form for several things, if there is one."""
    is_sentence: bool = False
    """It comes from a room below, perhaps with values in it."""

    @property
    def id(self) -> str | tuple[str, str]:
        """The key in a catalogue."""
        return (self.text, self.many) if self.many else self.text


@cache
def texts() -> tuple[Text, ...]:
    """Return every text once, in the order of rooms and files."""
    gathered: dict[str, Text] = {}
    for text in (*_all_of_code(), *_of_registry(), *_listed(), *_of_commands()):
        known = gathered.get(text.text)
        if _is_shown(text) and (known is None or (text.many and not known.many)):
            gathered[text.text] = text
    return tuple(sorted(gathered.values(), key=lambda text: (ROOMS.index(text.place.split("/")[0]), text.place)))


def _is_shown(text: Text) -> bool:
    """Return whether it is a text to translate: not a key, a name for rules, or a pattern that is nearly empty."""
    if text.is_sentence:
        return sum(map(str.isalpha, "".join(fixed for fixed, _ in parts(text.text)))) >= FEWEST_LETTERS
    return len(text.text) > 1 and not re.fullmatch(r"[a-z]+-[a-z]+", text.text)


def untranslated(language: str) -> list[Text]:
    """Return the texts without a translation into a language."""
    catalogue = read(language)
    return [text for text in texts() if not _is_translated(catalogue, text)]


def read(language: str) -> Catalog:
    """Return the catalogue of a language; an empty one if there is none yet."""
    path = po_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def po_path(language: str) -> Path:
    """Return the file that people edit."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str) -> Catalog:
    """Return a language's catalogue with exactly today's texts, in order; translations are kept."""
    old = read(language)
    new = _empty(language)
    new.header_comment = old.header_comment
    new.mime_headers = [("Plural-Forms", old.plural_forms)]  # the file decides: CLDR has forms that no text here needs
    for text in texts():
        kept = old.get(text.text)
        string = kept.string if kept is not None and isinstance(kept.id, str) != bool(text.many) else ""
        comments = kept.user_comments if kept is not None else ()
        new.add(text.id, string or None, locations=[(text.place, 0)], user_comments=comments,
                flags=["python-brace-format"] if "{" in text.text else [])  # fmt: skip
    return new


def as_po(catalogue: Catalog) -> bytes:
    """Return a catalogue as the file that people edit."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    # dates and versions of tools differ from run to run
    unsteady = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Generated-By',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid',
    )
    return "".join(line for line in lines if not line.startswith(unsteady)).encode()


def as_mo(catalogue: Catalog) -> bytes:
    """Return a catalogue as the file that the program reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def as_sentences() -> str:
    """Return the sentences of the rooms below, a line each; those of several lines stay in English."""
    return "".join(f"{text.text}\n" for text in texts() if text.is_sentence and "\n" not in text.text)


def fields(text: str) -> list[str]:
    """Return the names of the values in a text, in alphabetical order."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _empty(language: str) -> Catalog:
    """Return a catalogue without texts; its dates are fixed, so that the same texts give the same bytes."""
    then = datetime(2000, 1, 1, tzinfo=UTC)
    return Catalog(
        language, DOMAIN, project="tridesk", version="1", creation_date=then, revision_date=then, fuzzy=False
    )


def _is_translated(catalogue: Catalog, text: Text) -> bool:
    message = catalogue.get(text.text)
    if message is None or message.fuzzy or isinstance(message.id, str) == bool(text.many):
        return False
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _all_of_code() -> Iterator[Text]:
    for room in ROOMS:
        for path in sorted((HOUSE / room).rglob("*.py")):
            yield from _of_file(path, path.relative_to(HOUSE).as_posix())


def _of_file(path: Path, place: str) -> Iterator[Text]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, place)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.ClassDef):
            yield from _of_data(node, place)
        elif isinstance(node, ast.AugAssign) and ast.unparse(node.target) in _said_in(place):
            added = [item for part in ast.walk(node.value) if isinstance(part, ast.List) for item in part.elts]
            added += [part.elt for part in ast.walk(node.value) if isinstance(part, ast.ListComp)]
            yield from (Text(text, place, is_sentence=True) for item in added for text in _templates(item))
        elif isinstance(node, ast.FunctionDef) and node.name in _said_in(place):
            returned = [part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value]
            yield from (Text(text, place, is_sentence=True) for value in returned for text in _templates(value))


def _of_call(node: ast.Call, place: str) -> Iterator[Text]:
    plain = node.func.id if isinstance(node.func, ast.Name) else ""
    name = plain or getattr(node.func, "attr", "")
    if plain == "words" and node.args:
        yield from (Text(text, place) for text in _plain(node.args[0]))
    elif plain == "counted" and len(node.args) == 3:
        (one,), (many,) = _plain(node.args[0]), _plain(node.args[1])
        yield Text(one, place, many)
    elif name.endswith("Error") and name not in NOT_SHOWN:
        yield from (Text(text, place, is_sentence=True) for arg in node.args for text in _templates(arg))
    elif name in SAID_BY:
        args = [node.args[at] for at in SAID_BY[name] if at < len(node.args)]
        yield from (Text(text, place, is_sentence=True) for arg in args for text in _templates(arg))


def _of_data(node: ast.Assign | ast.AnnAssign | ast.ClassDef, place: str) -> Iterator[Text]:
    if isinstance(node, ast.ClassDef):
        name, values = node.name, [part.value for part in node.body if isinstance(part, ast.Assign)]
    else:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name, values = ast.unparse(target), [node.value] if node.value is not None else []
    if name in DATA.get(place, ()):
        yield from (Text(text, place) for value in values for text in _constants(value))
    if name in _said_in(place):
        yield from (Text(text, place, is_sentence=True) for value in values for text in _templates(value))


def _said_in(place: str) -> tuple[str, ...]:
    return tuple(name for folder, names in SENTENCES_OF.items() if place.startswith(folder) for name in names)


def _listed() -> Iterator[Text]:
    yield from (Text(text, place) for place, shown in SHOWN_WORDS.items() for text in shown)
    yield from (Text(text, place, is_sentence=True) for place, shown in COMPOSED.items() for text in shown)


def _of_registry() -> Iterator[Text]:
    for action in ACTIONS:
        shown = (action.title, action.tooltip, *([action.group] if action.scope is Scope.LANGUAGE else []))
        yield from (Text(text, "tui/keys/actions.py") for text in shown)
    for kind in kinds():
        form = form_of(kind)
        about = [form.title, form.warning, *(text for blank in form.blanks for text in (blank.label, blank.hint))]
        yield from (Text(text, "queues/accounts/forms.py") for text in about)


def _of_commands() -> Iterator[Text]:
    """Yield the help of every command and option."""
    waiting = [cli, *(getattr(import_module(module), name) for module, name in COMMANDS.values())]
    while waiting:
        command = waiting.pop(0)
        module = getattr(command.callback, "__module__", "tui.cli.main")
        helps = [command.help, *(option.help for option in command.params if isinstance(option, click.Option))]
        yield from (Text(plain(text), f"{module.replace('.', '/')}.py") for text in helps if text)
        waiting += command.commands.values() if isinstance(command, click.Group) else []
    yield from (Text(text, "tui/cli/in_language.py") for text in CLICK)


def _constants(node: ast.expr) -> Iterator[str]:
    """Yield the texts of a constant: a text, a tuple of texts, the values of a dictionary."""
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _constants(value)
    elif isinstance(node, ast.Tuple):
        for value in node.elts:
            yield from _constants(value)
    else:
        yield from _plain(node)


def _plain(node: ast.expr) -> list[str]:
    """Return the text of an expression, both texts of a choice; none where it is a value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*_plain(node.body), *_plain(node.orelse)] if isinstance(node, ast.IfExp) else []


def _templates(node: ast.expr) -> list[str]:
    """Return the patterns of a sentence: one for each choice in it."""
    if isinstance(node, ast.IfExp):
        return [*_templates(node.body), *_templates(node.orelse)]
    names = _Names()
    return [names.settled(parts) for parts in product(*_alternatives(node)) if any(isinstance(p, str) for p in parts)]


class _Names:
    """Names for the values of one sentence: each once, so that they can be told apart."""

    def settled(self, parts: Sequence[str | ast.expr]) -> str:
        """Return the parts as one pattern."""
        taken: list[str] = []
        return "".join(_escaped(part) if isinstance(part, str) else self._place(part, taken) for part in parts)

    def _place(self, node: ast.expr, taken: list[str]) -> str:
        identifiers = [name for name in re.findall(r"[a-z_]{2,}", ast.unparse(node).lower()) if name != "self"]
        name = (identifiers[-1] if identifiers else "value").strip("_") or "value"
        name = next(each for each in (name, *(f"{name}{n}" for n in range(2, 20))) if each not in taken)
        taken.append(name)
        return f"{{{name}}}"


def _alternatives(node: ast.expr) -> Iterable[list[str | ast.expr]]:
    """Yield what can stand at each place of a sentence: fixed texts, or a value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield [node.value]
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            yield _choices(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _has_text(node):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    else:
        yield _choices(node)


def _has_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.JoinedStr) or _plain(side) for side in (node.left, node.right))


def _choices(node: ast.expr) -> list[str | ast.expr]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    plain = _plain(node)
    return [*plain] if isinstance(node, ast.IfExp) and len(plain) == 2 else [node]


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def main(arguments: Sequence[str]) -> int:
    """Update the catalogues, or check them; list what has no translation. Return the exit code."""
    check = "--check" in arguments
    there = [path.name for path in sorted(FOLDER.glob("*")) if path.is_dir()]
    stale = []
    files = {FOLDER / SENTENCES: as_sentences().encode()}
    for language in dict.fromkeys([*there, *(each for each in arguments if each != "--check")]):
        catalogue = updated(language)
        files |= {po_path(language): as_po(catalogue), po_path(language).with_suffix(".mo"): as_mo(catalogue)}
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            stale.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    missing = [(language, text) for language in there for text in untranslated(language)]
    for path in stale:
        print(f"{path.relative_to(HOUSE)} {'is not up to date: make messages' if check else 'written'}")
    for language, text in missing:
        print(f"{language}: no translation of {text.text!r} ({text.place})")
    return 1 if check and (stale or missing) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
