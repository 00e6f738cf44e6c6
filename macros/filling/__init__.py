"""One macro as a value, and its text filled in for one ticket: the only place that runs Jinja2.

Imports `data` only."""
