"""The sheet of keys to print, and what the terminal sends for a key."""

from __future__ import annotations

import json

from click.testing import CliRunner

from tests.tui.real_terminal import Terminal
from tui.cli.keys import keys, sheet_lines
from tui.keys.actions import ACTIONS
from tui.keys.keymap import keymap_from


def test_the_sheet_has_every_action_with_a_key_once() -> None:
    keymap = keymap_from({}, "arrows")
    lines = list(sheet_lines(keymap))
    bound = [action for action in ACTIONS if keymap.of(action.id)]
    assert sum(line.startswith("| `") for line in lines) == len(bound)
    assert "| `F7` | **Snooze" in "\n".join(lines).replace("f7", "F7")
    assert not any("ticket.forward" in line or "**Forward**" in line for line in lines), "unbound in this preset"


def test_one_option_at_a_time() -> None:
    refused = CliRunner().invoke(keys, ["--sheet", "--check"])
    assert refused.exit_code == 2
    assert "only one of" in refused.output


def test_without_a_terminal_keys_are_not_read() -> None:
    refused = CliRunner().invoke(keys, ["--test"])
    assert refused.exit_code != 0
    assert "run it in a terminal" in str(refused.exception) + refused.output


def test_the_list_can_be_read_by_a_program() -> None:
    listed = CliRunner().invoke(keys, ["--json"])
    assert len([json.loads(line) for line in listed.output.splitlines()]) == len(ACTIONS)


def test_a_terminal_shows_what_it_sends_until_ctrl_c() -> None:
    with Terminal("keys", "--test", controls=True) as terminal:
        terminal.see("ctrl\\+c ends")
        terminal.press("e")
        terminal.see("in the lanes: Solve")
        terminal.press("g")
        terminal.see("in the lanes then r: ")
        terminal.press("\x1b[15~")
        terminal.see("key: f5")
        terminal.press("\x1b[200~uno\x1b[201~")
        terminal.see("a paste of 3 characters")
        terminal.press("\x1b]11;rgb:0000/0000/0000\x07ñ")
        terminal.see("key: ñ")
        terminal.see("no action in the lanes or while writing")
        terminal.press("\x03")
        assert terminal.ended(5) == 0
