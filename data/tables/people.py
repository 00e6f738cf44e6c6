"""Finds the owner of a name, address or number by index, so that a check before sending takes microseconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence

from data.records.customers import Identity
from data.search.search_words import term

_KINDS = ("email", "handle", "phone")
_MOST_ASKED = 50
_MOST_FOUND = 20


class People:
    """Finds customers by what they are known by and by what they wrote, as `data.protocols.People` wants it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def whose(self, values: Sequence[str], /) -> Mapping[str, int]:
        """Return the customer known by each address, handle or phone number; unknown ones are left out."""
        results: dict[str, int] = {}
        for value in values[:_MOST_ASKED]:
            sql = "SELECT customer_id FROM identity WHERE kind = ? AND value = ?"
            rows = (self._db.execute(sql, (kind, value)).fetchone() for kind in _KINDS)
            row = next((row for row in rows if row is not None), None)
            if row is not None:
                results[value] = int(row[0])
        return results

    def with_mailbox(self, addresses: Collection[str], /) -> list[Identity]:
        """Return addresses with the mailbox (what is before the @) of one of these, at any domain; a few at most."""
        sql = "SELECT kind, value, since FROM identity WHERE kind = 'email' AND value >= ? AND value < ? LIMIT ?"
        boxes = sorted({address.rpartition("@")[0] for address in addresses} - {""})
        rows = (row for box in boxes for row in self._db.execute(sql, (f"{box}@", f"{box}A", _MOST_FOUND)))
        return [Identity(*row) for row in rows]

    def named(self, names: Sequence[str], /) -> Mapping[str, frozenset[int]]:
        """Return the customers who carry each whole name, case ignored; names that no one carries are left out."""
        sql = "SELECT id FROM customer WHERE name = ? COLLATE NOCASE LIMIT ?"
        results = {
            name: frozenset(row[0] for row in self._db.execute(sql, (name, _MOST_FOUND)))
            for name in names[:_MOST_ASKED]
        }
        return {name: customers for name, customers in results.items() if customers}

    def wrote(self, numbers: Sequence[str], /) -> Mapping[str, frozenset[int]]:
        """Return the customers whose messages hold each order or reference number, a few of them at most.

        What a message only quotes of an earlier one does not count.
        """
        sql = """SELECT DISTINCT t.customer_id FROM
                (SELECT rowid AS id FROM search_text WHERE search_text MATCH ? ORDER BY rowid DESC LIMIT ?) hit
            JOIN message m ON m.id = hit.id JOIN ticket t ON t.id = m.ticket_id
            WHERE m.direction = 'in' AND instr(m.new_text, ?) > 0"""
        results = {
            number: frozenset(row[0] for row in self._db.execute(sql, (f"{{text}} : {match}", _MOST_FOUND, number)))
            for number in numbers[:_MOST_ASKED]
            if (match := term(number))
        }
        return {number: customers for number, customers in results.items() if customers}

    def owner(self, ticket_id: int, /) -> int | None:
        """Return whose ticket it is, None if there is none of this number."""
        row = self._db.execute("SELECT customer_id FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
        return int(row[0]) if row else None
