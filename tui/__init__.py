"""What the agent sees and presses: the screen and the command line. The only room that knows Textual, Rich and click."""
