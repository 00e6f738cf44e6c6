"""The project as a whole: what the wheel holds, which way imports go, what the documents say."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
ROOMS = ("tui", "queues", "macros", "data")
RESOURCES = {".txt", ".py", ".toml", ".j2", ".json", ".jsonl", ".tcss", ".typed", ".bin", ".xz", ".model"}


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
    listed = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = {line for line in listed.stdout.splitlines() if (ROOT / line).exists()}
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
