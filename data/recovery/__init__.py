"""The way back: restores a backup, salvages a damaged file.

Imports `store`, `desk_file`, `tables`, `search`, `records`, `errors` and `locations`.
"""
