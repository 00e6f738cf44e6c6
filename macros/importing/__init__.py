"""Answers of other tools made into macros: their exports read, their placeholders and conditions put into ours."""
