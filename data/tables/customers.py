"""Customers and their identities."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from data.records.customers import Customer, Identity
from data.search.search_index import insert_new_person, insert_person, people


class Customers:
    """Reads and writes customers through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, customer_id: int) -> Customer | None:
        """Return the customer with every identity, or None."""
        sql = "SELECT id, name, language, register, region, tier, created_at FROM customer WHERE id = ?"
        row = self._db.execute(sql, (customer_id,)).fetchone()
        if row is None:
            return None
        known = self._db.execute(
            "SELECT kind, value, since FROM identity WHERE customer_id = ? ORDER BY kind, value", (customer_id,)
        )
        identities = tuple(Identity(*pair) for pair in known)
        return Customer(row[0], row[1], identities, row[2], row[3], row[4], row[5], row[6])

    def find(self, identities: Sequence[Identity]) -> int | None:
        """Return the number of the customer known by one of the identities."""
        for identity in identities:
            sql = "SELECT customer_id FROM identity WHERE kind = ? AND value = ?"
            row = self._db.execute(sql, (identity.kind, identity.value)).fetchone()
            if row:
                return int(row[0])
        return None

    def matching(self, text: str, limit: int) -> list[int]:
        """Return the numbers of customers by name, address, handle or telephone number, the newest first.

        A word may be a beginning of three letters or more. Raises InputError for an operator whose value cannot be.
        """
        return people(self._db, text, limit)

    def insert(self, customer: Customer) -> int:
        """Store a new customer with the identities and return the number given."""
        cursor = self._db.execute(
            "INSERT INTO customer (name, language, register, region, tier, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (customer.name, customer.language, customer.register, customer.region, customer.tier, customer.created_at),
        )
        number = int(cursor.lastrowid or 0)
        if self._add(number, customer.identities) == len(customer.identities):
            known = sorted((identity.kind, identity.value) for identity in customer.identities)
            insert_new_person(self._db, number, customer.name, known)
        else:  # one of them is another customer's
            insert_person(self._db, number)
        return number

    def add_identities(self, customer_id: int, identities: Sequence[Identity]) -> None:
        """Remember more ways to know a customer; one that is known already stays with its owner."""
        if self._add(customer_id, identities):
            insert_person(self._db, customer_id)

    def _add(self, customer_id: int, identities: Sequence[Identity]) -> int:
        before = self._db.total_changes
        self._db.executemany(
            "INSERT OR IGNORE INTO identity (kind, value, customer_id, since) VALUES (?, ?, ?, ?)",
            [(identity.kind, identity.value, customer_id, identity.since) for identity in identities],
        )
        return self._db.total_changes - before

    def language_of(self, customer_id: int) -> str:
        """Return the language remembered for the customer, else that of the newest ticket that has one, else `""`."""
        sql = """SELECT CASE WHEN language <> 'und' THEN language ELSE coalesce((SELECT t.language FROM ticket t
                WHERE t.customer_id = customer.id AND t.language <> 'und' ORDER BY t.id DESC LIMIT 1), '') END
            FROM customer WHERE id = ?"""
        row = self._db.execute(sql, (customer_id,)).fetchone()
        return str(row[0]) if row else ""

    def tier_of(self, customer_id: int) -> str:
        """Return the customer's tier, or `""` for no one."""
        row = self._db.execute("SELECT tier FROM customer WHERE id = ?", (customer_id,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, customer_id: int, field: str, value: str) -> None:
        """Remember what an agent said of the customer: `language`, `register`, `region`, `tier` or `name`."""
        sql = {
            "tier": "UPDATE customer SET tier = ? WHERE id = ?",
            "name": "UPDATE customer SET name = ? WHERE id = ?",
            "language": "UPDATE customer SET language = ? WHERE id = ?",
            "register": "UPDATE customer SET register = ? WHERE id = ?",
            "region": "UPDATE customer SET region = ? WHERE id = ?",
        }
        self._db.execute(sql[field], (value, customer_id))
        if field == "name":
            insert_person(self._db, customer_id)
