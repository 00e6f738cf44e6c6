"""An agent's own macros: written from replies, reworded, counted, and proposed by the coach.

Imports `suggesting`, `render`, `files`, `filling` and `data`.
"""
