"""Reviews of replies: a reviewer's screen, and an agent's own."""
