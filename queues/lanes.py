"""The lanes of a fresh desk. A lane is a saved filter and an order; settings may name others."""

from __future__ import annotations

from data.records import Lane

DEFAULT_LANE = "mail"
"""Where a message goes that neither a rule nor its connector places."""

DEFAULT_LANES = (Lane("mail", "Mail", 0), Lane("app", "App", 1), Lane("safety", "Safety", 2))
"""Three places where people write to us, left to right on the screen."""
