"""What becomes of tickets: escalation, problems, bulk answers, routing again."""
