"""The values that cross rooms, a file a subject: frozen, typed, without behaviour beyond what they are.

Times are Unix seconds, UTC. Languages are ISO 639-1 codes, `und` if unknown. Imports nothing of ours.
"""
