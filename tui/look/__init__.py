"""How things look: themes, colours, one-line text, wrapping, times in few characters."""
