from __future__ import annotations

from pathlib import Path

from macros.filling.allow_list import FILTERS
from macros.filling.context import CONTRACT, SINGLE

DOCS = (Path(__file__).parents[3] / "docs" / "macros.md").read_text(encoding="utf-8")


def test_the_docs_name_every_value_with_the_words_of_the_contract() -> None:
    rows = [(f"{group}.{name}", said) for group, fields in CONTRACT.items() for name, said in fields.items()]
    missing = [name for name, said in (*rows, *SINGLE.items()) if f"| `{name}` | {said} |" not in DOCS]

    assert missing == []


def test_the_docs_name_every_filter() -> None:
    assert [name for name in FILTERS - {"d"} if name not in DOCS] == []
