"""The parts of the screen. A widget shows what it is given and posts a message; it changes no ticket."""
