"""The pages of the site: the documents of the repository, and those made from the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from tools.json_keys import ACTED, ACTING, KEYS
from tui.cli.examples import shown
from tui.cli.in_language import plain
from tui.cli.main import cli
from tui.keys.actions import ACTIONS, Scope
from tui.keys.help_lines import PLACES
from tui.keys.keymap import keymap_from
from tui.keys.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TOP = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md",
       "SECURITY.md": "security-policy.md", "LICENSE": "licence.md", "NOTICE": "notice.md"}  # fmt: skip
"""Documents at the top of the repository, and their names in the site."""
NAV = {
    "Tutorial": ("tutorial",),
    "How-to": (
        "install", "screen", "macros", "procedures", "tickets", "fields", "import", "email", "request-tracker",
        "redmine", "roundup", "zendesk", "chatwoot", "zammad", "freshdesk", "helpscout", "team", "hooks", "api", "mcp",
        "browser", "backups", "escalations", "shift", "reviews", "csat", "cookbook",
    ),
    "Reference": (
        "keys", "commands", "settings", "json", "shell", "routing", "clocks", "checks", "metrics", "glossary",
        "pictures", "changelog", "licence", "notice", "licences",
    ),
    "Explanation": (
        "comparison", "next-up", "language", "privacy", "security", "security-policy", "performance", "architecture",
        "connectors", "contributing",
    ),
}  # fmt: skip
"""The chapters of the site: to learn, to do, to look up, to understand."""
_LINK = re.compile(r"(\]\()((?:\.\./|docs/)?)([\w.-]+?)((?:#[^)]*)?\))")
_FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)


def pages() -> dict[str, str]:
    """Return every page by its file name, as Markdown."""
    made = {path.name: linked(path.read_text(encoding="utf-8")) for path in sorted(DOCS.glob("*.md"))}
    for source, name in TOP.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        plain_text = "" if source.endswith(".md") else f"# {source.capitalize()}\n\n```\n{text}```\n"
        made[name] = plain_text or linked(text)
    return made | {"keys.md": keys_page(), "commands.md": commands_page()}


def linked(text: str) -> str:
    """Return a document with the links between documents as they are in the site, outside of code."""

    def site_link(match: re.Match[str]) -> str:
        begin, _, name, end = match.groups()
        return f"{begin}{TOP.get(name, name)}{end}"

    parts = _FENCE.split(text)
    return "".join(part if part.startswith("```") else _LINK.sub(site_link, part) for part in parts)


def keys_page() -> str:
    """Return the page of every key, by place."""
    lines = ["# Keys", "",
             "Every action with its keys. `tridesk keys --bind` and, on the screen, `:` `keys` give it others; the",
             "id is the name in `config.toml`.", ""]  # fmt: skip
    keymap = keymap_from({})
    for scope in Scope:
        lines += [f"## {PLACES[scope]}", "", "| keys | action | what it does | id |", "|---|---|---|---|"]
        lines += [
            f"| {_code(keymap.shown(action.id)) or 'palette only'} | {cell(action.title)} | {cell(action.tooltip)} | "
            f"`{action.id}` |"
            for action in ACTIONS
            if action.scope is scope
        ]
        lines.append("")
    lines += ["## Presets", "", '`preset = "gmail"` in `config.toml` begins with other keys:', ""]
    for name, changed in PRESETS.items():
        if changed:
            lines += [f"### {name}", "", "| id | keys |", "|---|---|"]
            preset = keymap_from({}, name)
            lines += [f"| `{action}` | {_code(preset.shown(action)) or 'none'} |" for action in changed]
            lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """Return the page of every command, with its options, examples and JSON keys."""
    lines = [
        "# Commands",
        "",
        "What `tridesk COMMAND --help` and the man pages say. `tridesk` alone opens the screen.",
        "",
    ]
    root = click.Context(cli, info_name="tridesk", **cli.context_settings)
    lines += ["## tridesk", "", *_command(cli, root)]
    for context in contexts(root):
        depth = "##" if context.parent is root else "###"
        lines += [f"{depth} {context.command_path}", "", *_command(context.command, context)]
    return "\n".join(lines)


def contexts(above: click.Context) -> Iterator[click.Context]:
    """Yield every command below a group, each with its place in the command line."""
    group = above.command
    if isinstance(group, click.Group):
        for name in group.list_commands(above):
            command = group.get_command(above, name)
            assert command is not None
            context = click.Context(command, info_name=name, parent=above, **command.context_settings)
            yield context
            yield from contexts(context)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from (f"`{context.command_path} {' '.join(command.collect_usage_pieces(context))}`", "")
    yield from (plain(command.help or "").replace("<", "&lt;"), "")
    name = context.command_path.partition(" ")[2]
    if examples := shown(name):
        yield from ("```", *examples, "```", "")
    records = [
        record for option in command.params
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]  # fmt: skip
    if records:
        yield from ("| option | what it does |", "|---|---|")
        yield from (f"| {_code(names)} | {cell(' '.join(text.split()))} |" for names, text in records)
        yield ""
    if any(option.name == "as_json" for option in command.params) and (keys := _keys_of(name)):
        yield from (f"`--json` writes: {', '.join(f'`{key}`' for key in keys)} ([JSON](json.md)).", "")


def _keys_of(name: str) -> list[str]:
    return [*(ACTED if name in ACTING else KEYS.get(name, {}))]


def _code(text: str) -> str:
    return f"`` {cell(text)} ``" if "`" in text else f"`{cell(text)}`" if text else ""


def cell(text: str) -> str:
    """Return a text that stays in one cell of a table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
