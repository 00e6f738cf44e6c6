"""The packages that tridesk stands on: `make sbom` as CycloneDX 1.6, `make licences` as a page. Needs no internet.

Versions and hashes are those of `requirements/`, licences and homepages those that the installed packages name.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
_PIN = re.compile(r"^([\w.-]+)==([\w.+!-]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_KNOWN = {  # that name their licence in no field, read in their own files
    "colorama": "BSD-3-Clause", "mypy-extensions": "MIT", "python-stdnum": "LGPL-2.1-or-later", "pip": "MIT",
    "tzdata": "Apache-2.0", "librt": "MIT", "sqlcipher3": "Zlib",
    "imapclient": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause", "pywin32": "PSF-2.0",
}  # fmt: skip


@dataclass(frozen=True)
class Package:
    """One pinned package."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str
    homepage: str


def packages(which: str) -> Iterator[Package]:
    """Yield the packages of `requirements/<which>.txt`."""
    text = (ROOT / "requirements" / f"{which}.txt").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\w)", text):
        pin = _PIN.match(block)
        if pin is not None:
            licence, homepage = _said_by(pin[1])
            yield Package(pin[1], pin[2], tuple(_HASH.findall(block)), licence, homepage)


def _said_by(name: str) -> tuple[str, str]:
    """Return licence and homepage by the package's own metadata (https://packaging.python.org/specifications)."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return _KNOWN.get(name, ""), ""
    classified = [match[1] for line in said.get_all("Classifier", []) if (match := _CLASSIFIER.match(line))]
    short = said.get("License", "").strip().partition("\n")[0]
    licence = said.get("License-Expression") or (short if 0 < len(short) < 60 else "") or ", ".join(classified)
    pages = dict(line.split(", ", 1) for line in said.get_all("Project-URL", []) if ", " in line)
    homepage = said.get("Home-page") or next((url for label, url in pages.items() if "home" in label.lower()), "")
    return licence or _KNOWN.get(name, ""), homepage or next(iter(pages.values()), "")


def bill() -> dict[str, object]:
    """Return the bill of materials of the program (https://cyclonedx.org/docs/1.6/json)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reference = f"pkg:pypi/tridesk@{project['version']}"
    parts = [
        {
            "type": "library", "bom-ref": f"pkg:pypi/{item.name}@{item.version}", "name": item.name,
            "version": item.version, "purl": f"pkg:pypi/{item.name}@{item.version}",
            "licenses": [{"license": {"name": item.licence or "unknown"}}],
            "externalReferences": [
                {"type": "distribution", "url": f"https://pypi.org/project/{item.name}/{item.version}/",
                 "hashes": [{"alg": "SHA-256", "content": digest}]}
                for digest in item.hashes
            ],
        }
        for item in packages("run")
    ]  # fmt: skip
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(parts))}", "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": reference, "name": "tridesk", "version": project["version"],
                "purl": reference, "licenses": [{"license": {"id": project["license"]}}],
            },
        },
        "components": parts,
        "dependencies": [{"ref": reference, "dependsOn": [part["bom-ref"] for part in parts]}],
    }  # fmt: skip


def page() -> str:
    """Return the page of licences."""
    lines = [
        "# Licences", "",
        "Made by `make licences` from what the packages say about themselves. tridesk itself is under the Apache",
        "License 2.0; [NOTICE](../NOTICE) says what its models and tables were made of.", "",
    ]  # fmt: skip
    run = {item.name for item in packages("run")}
    for title, which in (("What the program needs", "run"), ("What its tests need besides", "dev")):
        lines += [f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        rows = (item for item in packages(which) if which == "run" or item.name not in run)
        lines += [f"| {item.name} | {item.version} | {item.licence or 'unknown'} |" for item in rows]
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    if "--licences" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(json.dumps(bill(), indent=1))


if __name__ == "__main__":
    main()
