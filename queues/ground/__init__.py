"""What every other folder of `queues` stands on: undo steps, statuses, rule files, teams.

Imports `data` only."""
