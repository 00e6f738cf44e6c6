"""Procedures (SOPs): steps, gates, the safeguards of grave topics; the built-in ones are in `sops/`.

Imports `ground` and `data`.
"""
