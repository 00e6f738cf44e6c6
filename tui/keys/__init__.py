"""Every action and its keys: the registry, presets, keymaps, help lines. Independent of any screen.

Imports `look`, `setup` and `data`.
"""
