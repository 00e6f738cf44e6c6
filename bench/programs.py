"""What programs of `tridesk api` cost the keys of a desk that is open beside them, and how much they get done.

`python -m bench.programs`: a change as a key makes it, alone and while eight programs write notes without a pause.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import ClientSession

from data.records.changes import Change
from queues.desk.desk import Desk
from tui.api.access_token import renew
from tui.cli.main import run
from tui.setup.open_desk import open_desk
from tui.setup.writer import Writer

PROGRAMS, KEYS, TICKETS = 8, 200, 300
BETWEEN_KEYS = 0.02


def seconds_of_keys(desk: Path) -> list[float]:
    """Return how long each of some changes took through the writer of an open desk, shortest first."""
    writer: Writer[Desk] = Writer(lambda: open_desk(desk, create=False), lambda held: held.store.close())
    taken = []
    for number in range(KEYS + 1):
        began = time.perf_counter()
        writer.submit(_tagging(number)).result()
        taken.append(time.perf_counter() - began)
        time.sleep(BETWEEN_KEYS)
    writer.stop()
    return sorted(taken[1:])  # the first opens the file


def _tagging(number: int) -> Callable[[Desk], object]:
    return lambda held: held.act([number % TICKETS + 1], Change(add_tags=(f"k{time.monotonic_ns()}",)))


async def beside_programs(desk: Path, address: str, token: str) -> tuple[list[float], float]:
    """Return the same while programs write, and how many changes a second they made."""
    made = 0
    async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as client:

        async def write(program: int) -> None:
            nonlocal made
            while True:
                key = {"Idempotency-Key": f"{program} {time.monotonic_ns()}"}
                body = {"ticket": made % TICKETS + 1, "text": "looked at it"}
                async with client.post(f"{address}/v1/note", json=body, headers=key) as answer:
                    made += answer.status == 200

        began = time.perf_counter()
        writing = [asyncio.create_task(write(program)) for program in range(PROGRAMS)]
        taken = await asyncio.to_thread(seconds_of_keys, desk)
        a_second = made / (time.perf_counter() - began)
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
    return taken, a_second


async def measure(desk: Path) -> None:
    token = renew(desk)
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", "--db", str(desk), "api", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        address = (await server.stdout.readline()).decode().split()[2].removesuffix(";").removesuffix("/v1")
        alone = await asyncio.to_thread(seconds_of_keys, desk)
        beside, a_second = await beside_programs(desk, address, token)
    finally:
        server.terminate()
        await server.wait()
    for name, taken in (("alone", alone), (f"beside {PROGRAMS} programs", beside)):
        middle, late, most = taken[len(taken) // 2], taken[len(taken) * 95 // 100], taken[-1]
        spread = f"95 % within {late * 1e3:.1f} ms, most {most * 1e3:.1f} ms"
        print(f"a change by a key, {name}: {middle * 1e3:.1f} ms, {spread}")
    print(f"the median is {beside[len(beside) // 2] / alone[len(alone) // 2]:.1f} times as long")
    print(f"changes by programs: {a_second:.0f} a second")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder) / "desk.db"
        run(["demo", "--tickets", str(TICKETS), "--seed", "7", "--keep", str(desk), "--no-ui"])
        asyncio.run(measure(desk))


if __name__ == "__main__":
    main()
