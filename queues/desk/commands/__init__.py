"""The kinds of change that an agent can make to a ticket, one file each: its check, its write, its undo.

May import the rules of `queues` and its neighbours in `queues.desk`, but neither `desk`, `change_ticket` nor `undo`.
"""
