"""The house as a whole: no cycles, few loose files, one name for one idea, and folders that say what they own."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("tui", "queues", "macros", "data")
MOST_LOOSE = {"tui": 6, "queues": 8, "macros": 6, "data": 11}
"""Python files at the root of a room: those that a newcomer opens first."""
ONE_IDEA = {
    "wall": "who works on what: read, printed, shown",
    "mentions": "notes that mention an agent: as values, stored, listed by a command, listed by a key",
    "custom_fields": "the definitions of custom fields, as values and as stored",
    "attachments": "the files that go with a reply: named in a macro, written into the mail",
    "base": "what each file of the folder implements",
    "changes": "a change, as a record and as the text that is kept with a draft",
    "chatwoot": "Chatwoot: its tickets over the network, what settings know of it, its exports in files",
    "zammad": "Zammad: the same",
    "freshdesk": "Freshdesk: the same",
    "helpscout": "Help Scout: the same",
    "coach": "the coach's advice: worked out, printed, shown",
    "csat": "ratings: stored, asked for, printed",
    "customer_language": "the customer's language: remembered, chosen on the screen",
    "customers": "customers, as records and as a table",
    "demo": "the demo: its texts, its connector, its command",
    "drafts": "drafts: stored, written on the screen",
    "form_drafts": "drafts of forms: stored, kept and taken back, written on the screen",
    "effort": "seconds of work: stored, added up",
    "escalating": "the key and the command that escalate",
    "escalations": "escalations: records, a table, rules",
    "forwarding": "the key and the command that forward",
    "forwards": "mails to third parties: records, a table, a rule",
    "glossary": "the glossary: its entries, the command",
    "handover": "the hand-over: what a shift leaves, shown on the screen",
    "hooks": "hooks: records, a table, a command",
    "handovers": "tickets that agents hand over to each other: records, a table",
    "importing": "the import of files, by a command and on the first screen",
    "lanes": "lanes: a table, and those of a fresh desk",
    "messages": "messages, as records and as a table",
    "outbox": "the outbox: records, a table, delivery, a command, a card",
    "participants": "people in Cc: records, a table, a rule",
    "problems": "problems: records, a table, rules, a command, keys",
    "promises": "promises: records, a table, a command",
    "questions": "questions that await an answer",
    "rating": "a rating in what came in: recognised, then kept with its question",
    "recipient": "whom a reply goes to: chosen by a rule, checked before it leaves",
    "redmine": "Redmine: its connector, and what settings know of it",
    "registry": "the one list of a folder's files, in their order",
    "replay": "past shifts replayed: worked out, printed",
    "report": "the report: a command and a key",
    "rerouting": "the key and the command that route tickets again",
    "reviews": "reviews: records, a table, a command, keys",
    "roundup": "Roundup: its connector, and what settings know of it",
    "screen": "the screen of a subject",
    "settings": "settings: those of the file, those of the configuration",
    "shift": "a shift: its rules, its figures, its command",
    "shifts": "shifts, as records and as a table",
    "team": "a team: mirrored, known to settings, set up and joined by commands",
    "tickets": "tickets, as records and as a table",
    "views": "views of a lane: read from the table, chosen on the screen",
    "tutorial": "the tutorial: on the screen, its command",
    "zendesk": "Zendesk: its tickets over the network, what settings know of it, its exports in files",
}
"""Base names that several files have, each with the idea that these share."""

ANY_FOLDER = "*"

Graph = Mapping[str, set[str]]


def exceptions() -> set[tuple[str, str]]:
    """Return the imports that pyproject.toml excepts from the layers."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    lines = [line for contract in contracts for line in contract.get("ignore_imports", [])]
    return {(above, below) for above, _, below in (line.partition(" -> ") for line in lines)}


@pytest.fixture(scope="module")
def imports() -> Graph:
    """Return what each file imports of ours, inside functions and for types alone too."""
    graph = grimp.build_graph(*ROOMS, cache_dir=None, exclude_type_checking_imports=False)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def folder(module: str) -> str:
    """Return the folder of a module; a loose file of a room stands for itself."""
    return ".".join(module.split(".")[:2])


def folders(imports: Graph) -> dict[str, set[str]]:
    """Return which folders each folder imports, without the excepted imports."""
    excepted, graph = exceptions(), dict[str, set[str]]()
    for module, below in imports.items():
        of = {folder(other) for other in below if (module, other) not in excepted}
        graph.setdefault(folder(module), set()).update(of - {folder(module)})
    return graph


def cycle(graph: Graph) -> list[str]:
    """Return a cycle of the graph, empty where it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def test_a_cycle_is_recognised() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert not cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()})


def test_no_files_import_each_other_in_a_circle(imports: Graph) -> None:
    assert cycle(imports) == []


def test_no_folders_import_each_other_in_a_circle(imports: Graph) -> None:
    assert cycle(folders(imports)) == []


@pytest.mark.parametrize("room", ROOMS)
def test_few_files_lie_loose_at_the_root_of_a_room(room: str) -> None:
    loose = sorted(path.name for path in (ROOT / room).glob("*.py"))
    assert len(loose) <= MOST_LOOSE[room], loose


def test_no_file_lies_beside_a_folder_of_its_name() -> None:
    assert [path for path in sources() if path.with_suffix("").is_dir()] == []


def test_each_style_sheet_lies_with_a_file_that_uses_it() -> None:
    sheets = set((ROOT / "tui").rglob("*.tcss"))
    uses = [
        (path, (path.parent / name).resolve())
        for path in sources()
        for name in re.findall(r'CSS_PATH = "(.*)"', path.read_text(encoding="utf-8"))
    ]
    assert {sheet for _, sheet in uses} == sheets
    assert {sheet for path, sheet in uses if sheet.parent == path.parent} == sheets


def test_files_of_one_base_name_share_an_idea() -> None:
    names = Counter(path.stem for path in sources() if path.stem != "__init__")
    assert {name for name, count in names.items() if count > 1} == ONE_IDEA.keys(), "rename the file, or say the idea"


def test_a_folder_holds_its_docstring_and_no_code() -> None:
    held = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources() if path.stem == "__init__"}
    assert [path for path, tree in held.items() if len(tree.body) != 1 or not ast.get_docstring(tree)] == []


def test_a_folder_imports_what_its_docstring_says(imports: Graph) -> None:
    for name, below in folders(imports).items():
        allowed = allowed_imports(name)
        if ANY_FOLDER not in allowed:
            unsaid = {other for other in below if short_name(other, name) not in allowed}
            assert unsaid == set(), f"the docstring of {name} does not say so"


def allowed_imports(name: str) -> set[str]:
    """Return the folders and rooms that a folder's docstring names after `Imports`; a loose file may import any."""
    place = ROOT / name.replace(".", "/") / "__init__.py"
    if "." not in name or not place.exists():
        return {ANY_FOLDER}
    said = (ast.get_docstring(ast.parse(place.read_text(encoding="utf-8"))) or "").partition("Imports ")[2]
    return {ANY_FOLDER} if said.startswith("any ") else set(re.findall(r"`(\w+)`", said.partition("never")[0]))


def short_name(other: str, name: str) -> str:
    """Return what a folder calls another: by its own name inside a room, by the room's outside."""
    room, _, rest = other.partition(".")
    return rest if room == name.partition(".")[0] else room
