"""What people's words mean: internet slang, emoji, terms of communities and safety, and the house's own terms.

Imports `ground` and `data`.
"""
