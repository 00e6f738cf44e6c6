"""Which ticket is next over all lanes, and why.

Imports `ground`, `clocks` and `data`."""
