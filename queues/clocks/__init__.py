"""Working time, targets (SLA), and times as people write them.

Imports `ground` and `data`."""
