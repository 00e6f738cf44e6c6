"""The page with the terminal. Nothing on it comes from outside, and no script or style is written into it."""

from __future__ import annotations

from html import escape

PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tridesk</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/xterm.css">
<link rel="stylesheet" href="/page.css">
<script src="/textual.js"></script>
<script src="/page.js"></script>
</head>
<body>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{socket}" data-font-size="{size}"></div>
<div class="closed">{ended} <a href="/">{again}</a></div>
</body>
</html>
"""
SCRIPT = """\
const typeHere = () => document.querySelector(".xterm-helper-textarea")?.focus();
addEventListener("load", () => setTimeout(typeHere));
addEventListener("focus", typeHere);
"""
"""Keys go to the terminal without a click first."""
STYLE = """\
@font-face { font-family: "Roboto Mono"; src: url("/roboto.ttf"); font-weight: 100 700; }
html, body { margin: 0; height: 100%; background: #11151c; overflow: hidden; }
.textual-terminal { width: 100vw; height: 100vh; }
.closed { display: none; position: fixed; inset: 40% 0 auto; text-align: center; padding: 1em; font: 16px monospace;
  background: #222a37; color: #e6e9ef; }
.closed a { color: #7cb7ff; }
body.-closed .closed { display: block; }
"""


def page(host: str, *, ended: str, again: str, language: str, size: int = 16) -> str:
    """Return the page for a host that was checked; the other texts are what it says once the desk has ended."""
    return PAGE.format(
        socket=f"ws://{escape(host)}/ws", ended=escape(ended), again=escape(again), language=escape(language), size=size
    )


def policy(host: str) -> str:
    """Return the content security policy: own scripts, styles and socket only, no frames, no windows."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; "
        f"connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "sandbox allow-scripts allow-same-origin"
    )
