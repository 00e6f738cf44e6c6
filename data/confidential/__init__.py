"""What is confidential in a text, and the text with it masked. Pure functions, linear in the length of the text.

Imports nothing of ours.
"""
