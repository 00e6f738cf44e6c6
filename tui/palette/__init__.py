"""One palette for macros, actions, settings, tickets and people; and the help, which lists every key.

Imports `context`, `replying`, `procedures`, `moving`, `customer`, `digits`, `lanes`, `cards`, `keys`, `look`, `setup`,
`macros` and `data`.
"""
