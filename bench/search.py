"""How long searches take on a desk of so many tickets, and the slowest plans: `python -m bench.search 200000`."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC
from pathlib import Path

from data.records.customers import Customer, Identity
from data.records.messages import Attachment, Direction, Message, MessageKind
from data.records.tickets import Priority, Status, Ticket
from data.store import Store

SEARCHES = (
    "contraseña", "hola", "nueva palabra rara", "ana", "ana500@clientes.example", "600 500 777", "1234.56", "退款",
    "from:ana500", "from:ana hola", "tag:vip", "tag:vip hola", "status:closed", "status:closed hola", "lang:ja",
    "before:2026-01-02", "after:2026-01-02 has:file", "has:file", "hola -mundo", "-hola", "lane:safety status:solved",
    '"hola mundo"', "nadahaydeesto",
)  # fmt: skip
START = 1_767_225_600
_WORDS = ("factura", "cuenta", "pago", "error", "juego", "código", "ayuda", "tienda", "refund", "login")


def fill(store: Store, amount: int) -> None:
    """Store so many tickets with a message each, of a fifth as many customers."""
    lanes, statuses = ("mail", "app", "safety"), tuple(Status)
    for begin in range(0, amount, 10_000):
        with store.write(bulk=True):
            for n in range(begin, min(amount, begin + 10_000)):
                if n % 5 == 0:
                    known = (Identity("email", f"ana{n}@clientes.example"), Identity("phone", f"+34600{n:06}"))
                    customer = store.customers.insert(Customer(0, f"Ana {n} García", known))
                status = statuses[-1 - n % 3] if n % 20 else Status.NEW
                ticket = Ticket(0, lanes[n % 3], status, Priority.NORMAL, f"Pregunta {n}", customer, START + n * 60,
                                START + n * 60, language="ja" if n % 1000 == 0 else "es",
                                tags=("vip",) if n % 100 == 0 else ())  # fmt: skip
                number = store.tickets.insert(ticket)
                text = f"hola {'mundo' if n % 2 else 'gente'} {_WORDS[n % 10]} {_WORDS[n % 7]} contraseña{n} "
                text += "1,234.56" if n % 5000 == 0 else "我想退款" if n % 5001 == 0 else f"{n}"
                files = (Attachment("a.png", "image/png", 1, "x", 1),) if n % 500 == 0 else ()
                store.messages.insert(Message(
                    0, number, Direction.IN, MessageKind.MAIL, "Ana", f"ana{n - n % 5}@clientes.example", "Hola", text,
                    text, START + n * 60, START + n * 60, attachments=files,
                ))  # fmt: skip


def main(amount: int) -> None:
    """Print the milliseconds of each search, the best of three."""
    with tempfile.TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "desk.db")) as store:
        began = time.perf_counter()
        fill(store, amount)
        print(f"{amount:,} tickets in {time.perf_counter() - began:.0f} s, {store.path.stat().st_size / 1e6:.0f} MB")
        for text in SEARCHES:
            took = []
            for _ in range(3):
                began = time.perf_counter()
                hits = store.search(text, now=START, zone=UTC)
                took.append((time.perf_counter() - began) * 1000)
            print(f"{min(took):8.1f} ms  {len(hits):4} hits  {text}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
