"""What keeps a mail account or a ticketing system in step with the desk.

Imports `connectors`, `desk`, `accounts`, `helper`, `outgoing`, `mail`, `next_up`, `ground` and `data`.
"""
