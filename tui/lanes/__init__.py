"""The lanes: lists of tickets, moving about in them, filters and views."""
