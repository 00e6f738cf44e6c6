"""Full text: what the index holds, what people may type, and the SQL that finds it.

Imports `records`, `errors` and `confidential`.
"""
