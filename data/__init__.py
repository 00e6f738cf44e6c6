"""What we keep. The only room that opens SQLite. It imports nothing of the other rooms."""
