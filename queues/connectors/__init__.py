"""The outside systems, one per file: what they hold comes in as `Incoming`, our replies go out.

Imports `desk`, `accounts`, `helper`, `quality`, `mail`, `quotes`, `ground` and `data`.
"""
