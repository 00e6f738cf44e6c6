"""The single checks on a reply, one subject a file: text in, findings with the place of their words out."""
