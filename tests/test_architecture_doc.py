"""What docs/architecture.md says of the code: every name exists, and each walk can be followed in the code."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
NAME = re.compile(r"`((?:tui|queues|macros|data)(?:\.\w+)+)`")
MOST_STEPS = 8
ELSEWHERE = "Meanwhile"
"""How a step begins that happens in another thread or process, or at another key: no earlier step calls it."""


def walks() -> dict[str, list[str]]:
    """Return the steps of each walk by its title."""
    chapter = TEXT.partition("## Walks through the code\n")[2].partition("\n## ")[0]
    titles = re.split(r"^### (.*)\n", chapter, flags=re.M)[1:]
    return {
        title: [step.replace("\n", " ").strip() for step in re.split(r"^\d+\. ", body, flags=re.M)[1:]]
        for title, body in zip(titles[::2], titles[1::2], strict=True)
    }


def named(name: str) -> object:
    """Return the module, class or function of a dotted name. Raises LookupError where there is none."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            value = inspect.getattr_static(value, part, None)
            if value is None:
                raise LookupError(name)
        return value
    raise LookupError(name)


def source(name: str) -> str:
    """Return the code of what a name stands for; for a constant that of its module."""
    value = named(name)
    code = getattr(value, "__func__", value)
    if not (inspect.ismodule(code) or inspect.isclass(code) or inspect.isfunction(code)):
        return source(name.rpartition(".")[0])
    return inspect.getsource(code)


def calls(code: str, name: str) -> bool:
    """Tell whether code names a function, or the class that it is a method of; Textual adds `action_` itself."""
    *_, owner, function = name.split(".")
    wanted = {function, function.removeprefix("action_")} | ({owner} if owner[:1].isupper() else set())
    return any(re.search(rf"\b{word}\b", code) for word in wanted)


@pytest.mark.parametrize("name", sorted(set(NAME.findall(TEXT))))
def test_every_name_in_the_document_exists(name: str) -> None:
    assert named(name) is not None


def test_there_are_five_walks_of_at_most_eight_steps() -> None:
    assert len(walks()) == 5
    assert all(2 <= len(steps) <= MOST_STEPS for steps in walks().values())


@pytest.mark.parametrize("title", walks())
def test_each_step_is_found_by_reading_the_ones_before_it(title: str) -> None:
    names = [(name, step.startswith(ELSEWHERE) and place == 0) for step in walks()[title]
             for place, name in enumerate(NAME.findall(step))]  # fmt: skip
    assert all(NAME.search(step) for step in walks()[title])
    seen = ""
    for (before, _), (name, elsewhere) in pairwise(names):
        seen += source(before)
        assert elsewhere or calls(seen, name), f"{name} is named by no step before it"


def test_a_name_that_is_not_there_is_noticed() -> None:
    for name in ("queues.desk.desk.Desk.no_such", "queues.no_such_room", "tui.app.NoSuch"):
        with pytest.raises(LookupError):
            named(name)
    assert not calls("def f(): return other()", "macros.render.render")


def test_lines_fit_a_terminal() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > 120] == []
