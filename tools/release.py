"""Builds a release and tries it, all but the upload: `make release`.

The tag of the commit says the version. The wheel is built twice and has to be the same; sdist and wheel are then
installed into empty environments, away from the source, and the program has to run there.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
TRIED = (
    ["--version"],
    ["doctor"],
    ["demo", "--no-ui", "--tickets", "3", "--keep", "demo.db"],
    ["list", "--db", "demo.db"],
    ["glossary", "smh"],
    ["macros", "show", "general/acknowledge"],
    ["procedures", "list"],
)
"""What has to run in each environment, without the screen."""


def main() -> None:
    """Check, build, try; write the hashes of what is to be uploaded."""
    untagged = "--untagged" in sys.argv
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if not untagged:
        for problem in problems(version):
            sys.exit(f"release: {problem}")
    environment = os.environ | {"SOURCE_DATE_EPOCH": _git("log", "-1", "--format=%ct")}
    built = [_built(environment) for _ in range(2)]
    first, second = ({file.name: _hash(file) for file in folder.iterdir()} for folder in built)
    if first != second:
        sys.exit(f"release: two builds differ: {sorted(set(first.items()) ^ set(second.items()))}")
    for file in sorted(built[0].iterdir()):
        _try(file, version)
    shutil.rmtree(DIST, ignore_errors=True)
    shutil.copytree(built[0], DIST)
    for folder in built:
        shutil.rmtree(folder)
    (DIST / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(first.items())))
    print(f"{DIST} is ready: {', '.join(sorted(first))}. Upload it, and publish SHA256SUMS with it.")


def problems(version: str) -> list[str]:
    """Return what keeps the commit from being a release of this version."""
    found = []
    if _git("status", "--porcelain"):
        found.append("there are uncommitted changes; commit them first.")
    if f"v{version}" not in _git("tag", "--points-at", "HEAD").split():
        found.append(f"the commit has no tag v{version}, the version of pyproject.toml: git tag -s v{version}.")
    if not re.search(rf"^## {re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE):
        found.append(f"CHANGELOG.md has no section {version}.")
    return found


def _built(environment: dict[str, str]) -> Path:
    """Build sdist, and from it the wheel, into a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="tridesk-release-"))
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return folder


def _try(file: Path, version: str) -> None:
    """Install a file into an empty environment and run the program in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="tridesk-try-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        python = folder / "venv" / "bin" / "python"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(file)], check=True, cwd=folder)
        home = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TRIDESK", "XDG_"))}
        for arguments in TRIED:
            ran = subprocess.run(
                [str(folder / "venv" / "bin" / "tridesk"), *arguments],
                cwd=folder, env=home | {"HOME": name}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if ran.returncode or (arguments == ["--version"] and version not in ran.stdout):
                sys.exit(f"release: {file.name}: tridesk {' '.join(arguments)} failed: {ran.stdout}{ran.stderr}")
        print(f"{file.name}: installed, and {len(TRIED)} commands ran")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
