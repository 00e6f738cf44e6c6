"""What happens to a request: intake, rules, the one door. It imports `data` only; never `macros` or `tui`."""
