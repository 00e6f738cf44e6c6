"""Every action and its keys: the registry, presets, keymaps, help lines. Knows no screen.

Imports `look` and `data`.
"""
