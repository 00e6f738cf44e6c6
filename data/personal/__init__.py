"""Personal data: where the file keeps what about a person, collecting it, erasing it.

Imports `tables`, `search`, `records` and `errors`.
"""
