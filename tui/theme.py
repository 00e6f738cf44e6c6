"""Our own two themes. The stock ones fail WCAG AA for some of their colours, so each pair here is tested to 4.5:1."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="tridesk-dark",
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
        "cursor-line": "#2a3a55",
        "block-cursor-foreground": "#11151c",
        "block-cursor-background": "#7cb7ff",
    },
)

LIGHT = Theme(
    name="tridesk-light",
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
        "cursor-line": "#d3e3fa",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#0b4fa8",
    },
)

THEMES = (DARK, LIGHT)
