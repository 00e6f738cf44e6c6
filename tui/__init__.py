"""What the agent sees and presses: screen and command line. The only room that knows Textual, Rich and click."""
