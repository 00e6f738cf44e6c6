"""The one door: every change to a ticket is checked, written with its event, and undone here.

Imports the rules (`clocks`, `routing`, `procedures` …), `outgoing`, `ground` and `data`;
never intake, connectors or remotes."""
