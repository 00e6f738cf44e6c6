"""The procedure beside its ticket: steps, gates, and wording that changed."""
