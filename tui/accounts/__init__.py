"""Mail accounts and ticketing systems on the screen: set up, tried, and kept in step by a process beside it."""
