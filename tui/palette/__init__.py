"""One palette for macros, actions, settings, tickets and people; the help with every key; other keys and switches.

Imports `context`, `replying`, `procedures`, `moving`, `customer`, `digits`, `lanes`, `cards`, `keys`, `look`, `setup`,
`macros` and `data`.
"""
