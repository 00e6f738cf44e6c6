"""Pins every package with the hashes of its files: `make pins`, after a change of dependencies. Asks PyPI.

`constraints.txt` says which versions; `requirements/` has them for every platform and supported Python, with hashes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETS = {"run": (), "dev": ("--extra", "dev"), "build": ()}
"""What the program needs, what its tests need, and what packages without a wheel are built with."""
BUILDERS = "hatchling\neditables\nsetuptools\nwheel\n"
HEADER = "# Made by `make pins` from pyproject.toml and constraints.txt; do not edit.\n"


def main() -> None:
    for name, extras in SETS.items():
        source = "-" if name == "build" else "pyproject.toml"
        ran = subprocess.run(
            [
                sys.executable, "-m", "uv", "pip", "compile", source, "--universal", "--python-version", "3.11",
                "--generate-hashes", "--no-annotate", "--no-header", "--quiet", "-c", "constraints.txt", *extras,
            ],
            cwd=ROOT, check=False, capture_output=True, text=True, input=BUILDERS,
        )  # fmt: skip
        if ran.returncode:
            sys.exit(f"Nothing was pinned; this needs the internet: {ran.stderr.strip()}")
        (ROOT / "requirements" / f"{name}.txt").write_text(HEADER + ran.stdout, encoding="utf-8")
        print(f"requirements/{name}.txt: {len(re.findall('^[a-z]', ran.stdout, re.MULTILINE))} packages")


if __name__ == "__main__":
    main()
