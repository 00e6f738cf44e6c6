"""What every other folder of `queues` stands on: undo steps, statuses, rule files, text folding, teams.

Imports `data`.
"""
