"""The one door: every change to a ticket is checked, written with its event, and undone here.

Imports `outgoing`, the rules (`quality`, `shifts`, `promises`, `figures`, `procedures`, `routing`, `clocks`,
`next_up`), `mail`, `language`, `quotes`, `ground` and `data`; never `intake`, connectors or remotes.
"""
