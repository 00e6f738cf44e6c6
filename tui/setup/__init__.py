"""Settings, the clock, the writer's thread, and the composition root that joins the rooms.

Imports `queues`, `macros` and `data`.
"""
