"""What the project is built from: pinned, hashed, with a licence, and all of it in the bill of materials."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tools.sbom import PAGE, bill, packages

ROOT = Path(__file__).parents[1]
PINNED = {which: {item.name: item for item in packages(which)} for which in ("run", "dev", "build")}


def name_of(requirement: str) -> str:
    return re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("which", sorted(PINNED))
def test_every_package_is_pinned_with_hashes(which: str) -> None:
    text = (ROOT / "requirements" / f"{which}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert lines
    assert [line for line in lines if not re.match(r"[\w.-]+==[\w.]+ .*\\$", line)] == []
    assert [name for name, item in PINNED[which].items() if not item.hashes] == []
    assert len(PINNED[which]) == len(lines)


def test_the_pins_are_of_what_is_needed_and_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {name_of(line) for line in project["dependencies"]} <= set(PINNED["run"])
    dev = {name_of(line) for line in project["optional-dependencies"]["dev"]} - {"tridesk"}
    assert dev <= set(PINNED["dev"])
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wanted = {name_of(line): line.partition("==")[2] for line in constraints}
    for pinned in PINNED.values():
        for name, item in pinned.items():
            assert wanted.get(name, item.version) == item.version, name


def test_the_environment_is_made_of_hashed_files_alone() -> None:
    made = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\n$(READY):")[2]
    installs = [line for line in made.splitlines() if "$(PIP)" in line or "pip install" in line]
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation -e ." in line for line in installs)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert {name_of(line) for line in build} <= set(PINNED["build"])


def test_every_package_has_its_licence_listed() -> None:
    rows = re.findall(r"^\| ([\w.-]+) \| ([\w.]+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {(name, version) for name, version, _ in rows}
    assert {(item.name, item.version) for which in ("run", "dev") for item in PINNED[which].values()} <= listed
    assert [name for name, _, licence in rows if licence == "unknown"] == []


def test_the_bill_of_materials_has_every_package() -> None:
    made = bill()
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    parts = made["components"]
    assert isinstance(parts, list)
    assert {(part["name"], part["version"]) for part in parts} == {
        (item.name, item.version) for item in PINNED["run"].values()
    }
    assert all(reference["hashes"] for part in parts for reference in part["externalReferences"])
    assert bill() == made
