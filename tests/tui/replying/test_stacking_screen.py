"""Several macros in one reply, by keys: words at the cursor, all that they do as one change."""

from __future__ import annotations
