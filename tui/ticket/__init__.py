"""The open ticket: its text, its customer, its language."""
