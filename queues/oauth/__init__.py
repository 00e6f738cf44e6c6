"""Signing in to mail providers: tokens by OAuth, kept in the keyring and renewed there.

Imports `connectors`, `accounts`, `ground` and `data`.
"""
