"""Mail accounts and ticketing systems in the settings: providers, secrets, forms.

Imports `ground` and `data`.
"""
