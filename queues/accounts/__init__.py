"""Mail accounts and ticketing systems as the settings name them: providers, secrets, forms.

Imports `ground` and `data`; connectors and remotes are built from these."""
