"""Our own three themes. Textual's fail WCAG AA for some colours, so each pair here is tested to 4.5:1,
and to 7:1 in the high-contrast theme."""

from __future__ import annotations

from textual.theme import Theme

from data.errors import InputError

DARK = Theme(
    name="dark",
    dark=True,
    primary="#7cb7ff",
    secondary="#9db4d0",
    accent="#ffb454",
    foreground="#e6e9ef",
    background="#11151c",
    surface="#161b24",
    panel="#222a37",
    success="#7fd88f",
    warning="#f5c451",
    error="#ff8a80",
    variables={
        "note": "#e0b3ff",
        "quiet": "#a3adbd",
        "text-muted": "#a3adbd",
        "cursor-line": "#2a3a55",
        "text-disabled": "#a3adbd",
        "input-selection-background": "#2a3a55",
        "frame": "#46536b",
        "block-cursor-foreground": "#11151c",
        "block-cursor-background": "#7cb7ff",
    },
)

LIGHT = Theme(
    name="light",
    dark=False,
    primary="#0b4fa8",
    secondary="#3d5470",
    accent="#8a4b00",
    foreground="#1a1f29",
    background="#ffffff",
    surface="#f7f8fa",
    panel="#e8ecf2",
    success="#1b6b2f",
    warning="#7a5200",
    error="#a3161b",
    variables={
        "note": "#6b2fa0",
        "quiet": "#4d5766",
        "text-muted": "#4d5766",
        "cursor-line": "#d3e3fa",
        "text-disabled": "#4d5766",
        "input-selection-background": "#d3e3fa",
        "frame": "#a9b4c4",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#0b4fa8",
    },
)

CONTRAST = Theme(
    name="contrast",
    dark=True,
    primary="#a8d4ff",
    secondary="#d9e4f2",
    accent="#ffd479",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#9dffb0",
    warning="#ffe066",
    error="#ffb3ad",
    variables={
        "note": "#f0ccff",
        "quiet": "#e0e0e0",
        "text-muted": "#e0e0e0",
        "cursor-line": "#00305e",
        "text-disabled": "#e0e0e0",
        "input-selection-background": "#00305e",
        "frame": "#8a8a8a",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#a8d4ff",
    },
)

THEMES = (DARK, LIGHT, CONTRAST)
THEME_SETTING = "theme"
"""The key, in the store's settings, of the theme chosen on the screen."""


def theme_name(wanted: str) -> str:
    """Return the name of a theme, the first for an empty string. Raises InputError for an unknown theme."""
    names = [theme.name for theme in THEMES]
    if wanted and wanted not in names:
        raise InputError("Unknown theme", f"config.toml: there is no theme {wanted!r}; choose from {', '.join(names)}.")
    return wanted or names[0]


def chosen_theme(configured: str, remembered: object) -> str:
    """Return the theme to start with: that of the settings, else the last chosen on the screen, else the first."""
    known = [theme.name for theme in THEMES]
    return theme_name(configured or (remembered if isinstance(remembered, str) and remembered in known else ""))
