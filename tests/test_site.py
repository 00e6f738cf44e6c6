"""The documentation site: complete, without dead links, and nothing in it is loaded from outside."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from markdown_it import MarkdownIt

from data.store import Store
from tests.tui.playing import fifteen_tickets
from tools.json_keys import ACTED, ACTING, KEYS
from tools.site.build import build, without_fonts
from tools.site.pages import NAV, contexts, pages
from tools.site.slugs import github_slug
from tui.cli.main import cli
from tui.keys.actions import ACTIONS
from tui.setup.setting_facts import facts

DOCS = Path(__file__).parents[1] / "docs"


class Page(HTMLParser):
    """What a page links to, loads and has anchors for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.anchors |= {named[name] for name in ("id", "name") if name in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if tag == "link" and named.get("rel") != "canonical":
            self.loaded.append(named.get("href", ""))
        self.loaded += [named[name] for name in ("src", "data", "srcset", "poster") if name in named and tag != "meta"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"), pictures=False)


@pytest.fixture(scope="module")
def html(site: Path) -> dict[Path, Page]:
    return {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_document_has_a_place_in_the_site() -> None:
    listed = [name for names in NAV.values() for name in names]
    assert sorted([*listed, "index"]) == sorted([*(Path(name).stem for name in pages()), "pictures"])


def test_no_link_and_no_anchor_leads_nowhere(html: dict[Path, Page]) -> None:
    dead = []
    for path, page in html.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            known = html[target].anchors if target in html else None
            if not target.exists() or (anchor and known is not None and unquote(anchor) not in known):
                dead.append((path.name, link))
    assert dead == []


def test_nothing_is_loaded_from_outside(site: Path, html: dict[Path, Page]) -> None:
    assert [(path.name, link) for path, page in html.items() for link in page.loaded if "//" in link] == []
    styles = [*site.rglob("*.css"), *site.rglob("*.svg")]
    far = [
        path.name
        for path in styles
        if re.search(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", path.read_text(encoding="utf-8"))
    ]
    assert far == []
    scripts = [path for path in site.rglob("*.js") if "search" not in path.parts]
    assert [path.name for path in scripts if re.search(r"\b(?:fetch|importScripts)\(", path.read_text("utf-8"))] == []


def test_the_search_knows_every_page(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert found >= {f"{Path(name).stem}.html" for name in pages()}


def test_lists_tables_and_code_are_as_in_the_repository(html: dict[Path, Page]) -> None:
    reader = MarkdownIt("commonmark").enable("table")
    names = {"li": "list_item_open", "table": "table_open", "pre": "fence"}
    other = []
    for path in sorted(DOCS.glob("*.md")):
        tokens = [token.type for token in reader.parse(path.read_text(encoding="utf-8"))]
        text = next(place for place in html if place.stem == path.stem).read_text(encoding="utf-8")
        body = text.partition('role="main"')[2].partition("<footer")[0]
        counts = {tag: len(re.findall(rf"<{tag}[ >]", body)) for tag in names}
        if counts != {tag: tokens.count(kind) for tag, kind in names.items()}:
            other.append((path.name, counts, {tag: tokens.count(kind) for tag, kind in names.items()}))
    assert other == []


def test_every_command_key_setting_and_json_key_is_in_the_site(html: dict[Path, Page], site: Path) -> None:
    def text_of(name: str) -> str:
        return (site / f"{name}.html").read_text(encoding="utf-8")

    root = click.Context(cli, info_name="tridesk")
    commands = {path.stem: page for path, page in html.items()}["commands"].anchors
    assert [each.command_path for each in contexts(root) if github_slug(each.command_path, "-") not in commands] == []
    keys = text_of("keys")
    assert [action.id for action in ACTIONS if f"<code>{action.id}</code>" not in keys] == []
    settings = text_of("settings")
    assert [fact.name for fact in facts() if f"<code>{fact.name}</code>" not in settings] == []
    written = text_of("json")
    wanted = {key for keys in (ACTED, *KEYS.values()) for key in keys if key != "*"}
    assert [key for key in wanted if f"<code>{key}</code>" not in written] == []
    assert [name for name in ACTING if f"<code>{name}</code>" not in written] == []


def queries() -> Iterator[tuple[str, str]]:
    text = (DOCS / "cookbook.md").read_text(encoding="utf-8")
    for match in re.finditer(r"^## (.+?)\n\n```sql\n(.*?)```", text, re.MULTILINE | re.DOTALL):
        yield match[1], match[2]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = fifteen_tickets(tmp_path_factory.mktemp("desk") / "desk.db")
    Store.open(path).close()
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.mark.parametrize(("title", "query"), [*queries()], ids=lambda value: value if len(value) < 60 else "sql")
def test_every_query_of_the_cookbook_runs(desk: sqlite3.Connection, title: str, query: str) -> None:
    cursor = desk.execute(query)
    assert cursor.description
    if title in ("What waits, by lane and status", "The ten oldest open tickets", "Customers who wrote most"):
        assert cursor.fetchall()


def test_the_metadata_of_datasette_fit_the_file(desk: sqlite3.Connection) -> None:
    (database,) = json.loads((DOCS / "datasette.json").read_text(encoding="utf-8"))["databases"].values()
    tables = {name for (name,) in desk.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(database["tables"]) <= tables
    assert [(query["title"], query["sql"]) for query in database["queries"].values()] == [
        (title, query.strip().rstrip(";")) for title, query in queries()
    ]


def test_a_picture_loads_no_font() -> None:
    text = "<style>@font-face { font-family: x; src: url('https://cdn.example/x.woff2'); } .a { fill: red }</style>"
    assert without_fonts(text) == "<style> .a { fill: red }</style>"
