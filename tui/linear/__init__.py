"""The desk in plain lines and questions, for screen readers and plain terminals: nothing is drawn, one thing a line.

Imports `palette`, `replying`, `deciding`, `procedures`, `ticket`, `digits`, `keys`, `look`, `setup`, `queues`,
`macros` and `data`.
"""
