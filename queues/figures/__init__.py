"""What the events say about the work: tickets' lives, figures, reports, and shifts played again."""
