"""osTicket: the CSV of its ticket queues, which has no texts; the tickets' threads stay in its database.

Columns: docs.osticket.com, "Export Tickets".
"""

from __future__ import annotations

from queues.exports import spreadsheet

NAME = "osticket"
matches = spreadsheet.matches
read = spreadsheet.read
