"""The terminal itself: what is read from it and written to it, bursts of keys, and an orderly end.

Imports `look`; knows no ticket."""
