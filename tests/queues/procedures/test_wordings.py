"""Wordings: what two versions differ in, in the agent's language."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data.store import Store
from queues.procedures.procedure import built_in
from queues.procedures.wording_diff import difference, in_language, joined, of_procedure

LETTERS = st.characters(exclude_characters="\n[]", exclude_categories=["Cs", "Cc"])
LINES = st.lists(st.text(LETTERS, max_size=8), max_size=8)


def test_a_procedure_is_kept_in_each_of_its_languages() -> None:
    text = of_procedure(built_in()["crash"])
    assert "crash v" in in_language(text, "es").split("\n")[0]
    assert in_language(text, "es") != in_language(text, "en")
    assert in_language(text, "fr") == in_language(text, "en")
    assert in_language(text, "es-MX") == in_language(text, "es")


def test_only_the_agents_language_is_compared_unless_only_another_changed() -> None:
    old, new = joined({"en": "one", "es": "uno"}), joined({"en": "two", "es": "dos"})
    assert [(part.sign, part.text) for part in difference(old, new, "es")] == [("-", "uno"), ("+", "dos")]
    only = joined({"en": "two", "es": "uno"})
    assert ("+", "two") in [(part.sign, part.text) for part in difference(old, only, "es")]


@given(LINES, LINES)
def test_what_went_and_came_accounts_for_every_line_that_differs(old: list[str], new: list[str]) -> None:
    parts = difference(joined({"en": "\n".join(old)}), joined({"en": "\n".join(new)}))
    went = [part.text for part in parts if part.sign == "-"]
    came = [part.text for part in parts if part.sign == "+"]
    before, after = "\n".join(old).strip().split("\n"), "\n".join(new).strip().split("\n")
    assert bool(went or came) is (before != after)
    assert all(line in before for line in went)
    assert all(line in after for line in came)


def test_each_agent_knows_their_own_and_old_texts_stay(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db")
    with store.write():
        store.known_wordings.save("ann", "macro", "x", "one", 1)
        store.known_wordings.save("bob", "macro", "x", "two", 2)
        store.known_wordings.save("ann", "macro", "x", "two", 3)
    assert store.known_wordings.get("ann", "macro", "x") == "two"
    assert store.known_wordings.get("bob", "macro", "y") is None
    assert store.known_wordings.of("bob", "macro") == {"x": "two"}
    store.close()
