"""The project as a whole: what the wheel holds, which way imports go, what the documents say."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
ROOMS = ("tui", "queues", "macros", "data")
RESOURCES = {
    ".txt", ".py", ".toml", ".j2", ".json", ".jsonl", ".sql", ".tcss", ".typed", ".bin", ".xz", ".model", ".po", ".mo",
    ".1",
}  # fmt: skip


def project_files(*places: str) -> set[str]:
    """Return the files that git tracks; in an unpacked sdist, which has no git, those that are there."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", *places], cwd=ROOT, capture_output=True, text=True, check=True)
        return set(listed.stdout.splitlines())
    held = (file for place in places or (".",) for file in (ROOT / place).rglob("*"))
    return {
        str(file.relative_to(ROOT))
        for file in held
        if file.is_file() and not {"__pycache__", ".venv"} & set(file.parts) and not file.name.startswith(".coverage")
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_every_file_of_the_rooms_that_git_tracks(wheel: zipfile.ZipFile) -> None:
    tracked = {line for line in project_files(*ROOMS) if (ROOT / line).exists()}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert tracked
    assert tracked <= held
    strange = {name for name in held if Path(name).suffix not in RESOURCES}
    assert not strange, f"files of an unknown kind are shipped: {sorted(strange)[:5]}"


def test_the_wheel_ships_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    points = next(name for name in names if name.endswith("entry_points.txt"))
    assert "tridesk = tui.__main__:main" in wheel.read(points).decode()
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_layers_hold() -> None:
    found = subprocess.run([sys.executable, "-c", LINT],
                           cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert found.returncode == 0, found.stdout[-2000:]


def test_every_document_that_the_readme_links_to_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_sdist_holds_every_file_that_git_tracks(tmp_path: Path) -> None:
    """Whoever has the sdist alone can run the checks and the tests."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is an unpacked sdist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in project_files() if (ROOT / name).exists()} - held == set()


def test_every_test_that_the_security_policy_names_exists() -> None:
    pages = [(ROOT / page).read_text(encoding="utf-8") for page in ("SECURITY.md", "docs/security.md")]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join(pages))
    assert named
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")] == []


def test_the_classifiers_name_the_pythons_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [found[1] for line in project["classifiers"] if (found := re.fullmatch(r".*:: (3\.\d+)", line))]
    tested = re.search(r"^PYTHONS \?= (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert tested is not None
    assert [f"python{version}" for version in named] == tested[1].split()
    assert project["requires-python"] == f">={named[0]}"
