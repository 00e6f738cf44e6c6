"""The outside systems, one per file: what they hold comes in as `Incoming`, our replies go out.

Imports `team`, `desk`, `accounts`, `helper`, `quality`, `mail`, `exports`, `quotes`, `ground` and `data`.
"""
