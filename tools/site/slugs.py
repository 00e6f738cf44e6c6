"""Anchors as GitHub makes them, so that links work in the repository and in the site."""

from __future__ import annotations

import re


def github_slug(title: str, separator: str) -> str:
    """Return the anchor of a title."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", separator)
