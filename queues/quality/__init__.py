"""How well the work is done: what customers say of it (CSAT), and what reviewers say of single replies."""
