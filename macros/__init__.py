"""What we say: the only room that knows Jinja2. It imports `data` only; never `queues` or `tui`."""
