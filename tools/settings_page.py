"""Writes docs/settings.md from the types of the settings: `make reference`."""

from __future__ import annotations

from pathlib import Path

from tui.setup.setting_facts import Fact, facts

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = """\
# Settings

<!-- Made by `make reference` from the types of the settings; do not edit. -->

The settings are in `config.toml`, in the folder `tridesk` of your configuration (`~/.config` on Linux;
`XDG_CONFIG_HOME` moves it). Everything has a default: the file may be missing, empty, or hold what you want
otherwise. It is TOML in UTF-8; a byte order mark and Windows line ends are accepted.

```
tridesk config explain                 # every setting: its value, and the file and line it comes from
tridesk config explain undo-seconds    # all about one setting
tridesk config explain lock            # all about one table
tridesk config check                   # what is wrong, each with line, column, what was expected, what was meant
tridesk config edit                    # opens the file in your editor; what cannot be used is not taken over
```

The common ones can be changed on the screen: `g s` (name, brand, language, keys), `: theme`, `: keys`, `: mouse`,
`: ascii`, and *Accounts…*. A file that cannot be used keeps the desk from opening, and names its first problem;
`config` and `doctor` work all the same.

Settings without a table go above the first table. The desk file itself is `--db FILE`, else `TRIDESK_DB`, else
`desk.db` in the data folder.
"""
_ABOUT = {
    "[[account]]": "Mail accounts; see [E-mail](email.md)",
    "[[tracker]]": "Ticketing systems; see [what each connector can do](connectors.md#what-each-connector-can-do)",
    "[[lane]]": "The lanes; see [Routing](routing.md#lanes)",
    "[calendar.NAME]": "Working weeks; see [Clocks](clocks.md)",
    "[[policy]]": "Targets; see [Clocks](clocks.md)",
}


def page() -> str:
    """Return the page."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts():
        groups.setdefault(fact.header, []).append(fact)
    return "\n".join([_HEAD, *(_section(header, group) for header, group in groups.items())])


def _section(header: str, group: list[Fact]) -> str:
    title = f"`{header}`" if header else "Without a table"
    about = _ABOUT.get(header, "")
    lines = [f"## {title}", "", *([f"{about}.", ""] if about else [])]
    lines += ["| setting | what it does | type | default | example | since |", "|---|---|---|---|---|---|"]
    for fact in group:
        default = "required" if fact.required else f"`{fact.default}`" if fact.default else "empty"
        cells = (f"`{fact.name}`", fact.description, fact.kind, default, f"`{fact.example}`", fact.since)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE}: {len(facts())} settings")
