"""One palette for macros, actions, settings, tickets and people; the help, which lists every key; other keys.

Imports `context`, `replying`, `procedures`, `moving`, `customer`, `digits`, `lanes`, `cards`, `keys`, `look`, `setup`,
`macros` and `data`.
"""
