"""The worked example of a connector, found as an installed package is: by its entry point."""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs/examples/json_folder"


def describe(folder: Path, name: str, points: dict[str, str]) -> None:
    """Write what an installer writes of a package with these connectors."""
    kept = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    kept.mkdir()
    (kept / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    lines = "".join(f"{kind} = {place}\n" for kind, place in points.items())
    (kept / "entry_points.txt").write_text(f"[tridesk.connectors]\n{lines}", encoding="utf-8")


@contextmanager
def installed() -> Iterator[None]:
    """Have the example importable meanwhile, with the entry points of its own pyproject.toml."""
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    before = list(sys.path)
    with tempfile.TemporaryDirectory(prefix="tridesk-example") as folder:
        describe(Path(folder), project["name"], project["entry-points"]["tridesk.connectors"])
        sys.path += [str(FOLDER), folder]
        try:
            yield
        finally:
            sys.path[:] = before
