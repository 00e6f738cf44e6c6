"""Builds the documentation site into build/site, offline: `make site`.

    python -m tools.site.build                 with a picture of every screen, some minutes
    python -m tools.site.build --no-pictures   without

Nothing is fetched, and the pages load nothing from outside. `python -m http.server -d build/site` shows them.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.site.pages import DOCS, NAV, ROOT, pages

BUILD = ROOT / "build"
STYLE = "tridesk.css"


def build(folder: Path = BUILD, *, pictures: bool = True) -> Path:
    """Write the site into `folder`/site and return that path. Aborts where a link or an anchor leads nowhere."""
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config.base import load_config

    source = folder / "pages"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    for name, text in pages().items():
        (source / name).write_text(text, encoding="utf-8")
    for name in ("desk.svg", "datasette.json"):
        (source / name).write_text(without_fonts((DOCS / name).read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copytree(DOCS / "examples", source / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    (source / STYLE).write_text(CSS, encoding="utf-8")
    from tools.site.pictures import picture_page

    (source / "pictures.md").write_text(picture_page(source / "pictures" if pictures else None), encoding="utf-8")
    site = folder / "site"
    config = load_config(
        config_file=str(ROOT / "mkdocs.yml"), docs_dir=str(source), site_dir=str(site),
        nav=[{"tridesk": "index.md"}, *({title: [f"{name}.md" for name in names]} for title, names in NAV.items())],
        extra_css=[STYLE],
    )  # fmt: skip
    mkdocs_build(config)
    (site / "404.html").unlink()  # for a server at a domain of its own
    for path in site.rglob("*.css"):
        path.write_text(without_fonts(path.read_text(encoding="utf-8")), encoding="utf-8")
    return site


def without_fonts(text: str) -> str:
    """Return a picture or a style sheet without the fonts that it would load from outside."""
    return re.sub(r"@font-face\s*\{[^}]*https?:[^}]*\}", "", text)


CSS = """\
table { width: 100%; }
td, th { vertical-align: top; padding: 0.2em 0.6em; border-bottom: 1px solid #cccccc; text-align: left; }
img { max-width: 100%; }
"""


def main(arguments: Sequence[str]) -> None:
    """Build the site and say where it is."""
    site = build(pictures="--no-pictures" not in arguments)
    print(f"{site}: {len([*site.rglob('*.html')])} pages; python -m http.server -d {site.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
