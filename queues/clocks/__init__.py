"""Working hours, targets (SLA), and times as people write them.

Imports `data`.
"""
