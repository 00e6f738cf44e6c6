"""What in a message is quoted history and what is a signature, each known by its evidence only."""
