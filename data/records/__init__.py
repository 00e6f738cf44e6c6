"""The values that cross rooms, one file per subject: frozen, typed, without behaviour beyond what they are.

Times are Unix seconds, UTC. Languages are ISO 639-1 codes, `und` for unknown.

Imports no file of the project outside this folder.
"""
