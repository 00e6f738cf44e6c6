"""The parts of `macros.suggest`: what a message is compared by, what was learned, and how good it would have been."""
