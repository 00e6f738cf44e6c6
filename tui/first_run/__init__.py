"""The first screen of an empty desk, and the import of files."""
