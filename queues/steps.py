"""Steps: what an action wrote, each with what undoing and redoing it need."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]
"""One thing that was written: its `kind`, the `ticket` it belongs to, and the kind's own facts."""
