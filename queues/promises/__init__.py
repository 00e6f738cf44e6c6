"""Dated commitments to customers: found in replies, kept as part of an action.

Imports `ground`, `clocks` and `data`."""
