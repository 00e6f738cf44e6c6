"""The file itself: connections that explain what is wrong with it, and its backups.

Imports `migrations`, `tables`, `errors` and `locations`.
"""
