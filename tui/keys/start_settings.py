"""Keys and theme of the settings, as the desk reads them before it opens its file; `tridesk doctor` reads the same."""

from __future__ import annotations

from tui.keys.keymap import Keymap, keymap_from
from tui.setup.settings import Settings, naming_the_place


def keymap_of(settings: Settings) -> Keymap:
    """Return the keymap of the settings. Raises InputError with file, line and column."""
    with naming_the_place("keys", "preset"):
        return keymap_from(settings.keys, settings.preset)


def theme_of(settings: Settings) -> str:
    """Return the theme of the settings, the default if none is set. Raises InputError with file, line and column."""
    from tui.look.theme import theme_name  # brings the screen's library with it

    with naming_the_place("theme"):
        return theme_name(settings.theme)
