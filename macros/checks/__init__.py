"""What is looked at before a reply leaves: one check a file, text in, findings with their positions out.

Imports `filling` and `data`."""
