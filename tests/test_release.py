"""What keeps a commit from being a release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import release

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("status", "tags", "version", "said"),
    [
        (" M README.md", "v0.1.0", "0.1.0", ["uncommitted"]),
        ("", "v0.0.9", "0.1.0", ["no tag v0.1.0"]),
        ("", "", "9.9.9", ["no tag v9.9.9", "no section 9.9.9"]),
        ("", "other\nv0.1.0", "0.1.0", []),
    ],
)
def test_a_release_is_a_clean_commit_with_its_tag_and_its_changes(
    monkeypatch: pytest.MonkeyPatch, status: str, tags: str, version: str, said: list[str]
) -> None:
    monkeypatch.setattr(release, "_git", lambda *arguments: status if arguments[0] == "status" else tags)
    found = release.problems(version)
    assert len(found) == len(said)
    assert all(text in problem for text, problem in zip(said, found, strict=True))


def test_the_container_is_not_root_and_keeps_everything_in_one_volume() -> None:
    recipe = (ROOT / "Containerfile").read_text(encoding="utf-8")
    last = recipe.rpartition("FROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", last, re.MULTILINE)
    assert re.findall(r"^VOLUME (.+)$", last, re.MULTILINE) == ["/desk"]
    assert "--require-hashes" in recipe
