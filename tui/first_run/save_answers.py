"""The answers of the first minute, as settings: read from `config.toml`, checked, and written to it."""

from __future__ import annotations

from data.errors import InputError
from tui.first_run.settings_card import BEGINNINGS, Answers
from tui.keys.keymap import keymap_from
from tui.look.words import spoken, translated
from tui.setup.config_file import change_settings
from tui.setup.settings import Settings, config_folder, load


def answers_of(*, is_new: bool) -> Answers:
    """Return what is set now; a new desk is offered the demo. Raises InputError if `config.toml` is invalid."""
    settings = load().settings
    brand = "" if settings.brand == Settings().brand else settings.brand
    begin = BEGINNINGS[1] if is_new else BEGINNINGS[0]
    return Answers(spoken(), settings.agent, brand, settings.register, settings.preset, begin)


def problem(answers: Answers) -> str:
    """Return why the answers cannot be saved, such as an own key that the keys of a preset clash with."""
    try:
        keymap_from(load().settings.keys, answers.preset)
    except InputError as error:
        return translated(error.message)
    return ""


def save(before: Answers, answers: Answers, *, whole: bool) -> None:
    """Write the answers that differ from `before`, or all, to `config.toml`. Raises InputError."""
    settings = {
        "interface-language": (before.language, answers.language),
        "agent": (before.name, answers.name),
        "brand": (before.brand, answers.brand),
        "register": (before.register, answers.register),
        "preset": (before.preset, answers.preset),
    }
    changed = {name: new or None for name, (old, new) in settings.items() if old != new or (whole and new)}
    if changed:
        change_settings(config_folder(), changed)
