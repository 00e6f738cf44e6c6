"""The shape of the store file, as named steps in order. Append only: a step that was released never changes."""
