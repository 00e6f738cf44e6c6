"""The team's server is killed in the middle of writes, again and again: what it answered is there, once."""

from __future__ import annotations

import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.errors import ConnectorError
from tests.queues.team.test_feed_and_roles import connector
from tests.servers.postgres import Team, open_ticket

KILLS = 50
WRITERS = ("alice", "bruno", "carla", "dora")


@pytest.mark.faults
def test_50_kills_in_the_middle_of_writes_lose_and_double_nothing(team: Team) -> None:
    ref = open_ticket(team.connected("gateway"), b"x", "ana@x.example", "x")
    over, up, written = threading.Event(), threading.Event(), threading.Semaphore(0)
    up.set()
    broken: list[str] = []

    def write(login: str) -> list[tuple[str, int]]:
        """Write notes until it is over, each until it is answered; return what was answered."""
        system, answered, is_unanswered = connector(team, login), list[tuple[str, int]](), False
        while not over.is_set() or is_unanswered:
            mark = f"{login}.{len(answered)}"
            try:
                answered.append((mark, system.comment(ref, "Nota ñ. " * 40, mark)))
                is_unanswered = False
                written.release()
            except ConnectorError as error:
                is_unanswered = True
                broken.append(error.title)
                if len(broken) > 100 * KILLS:  # it does not come back
                    raise
                up.wait()
        system.close()
        return answered

    with ThreadPoolExecutor(len(WRITERS)) as pool:
        writers = [pool.submit(write, login) for login in WRITERS]
        try:
            for turn in range(KILLS):
                for _ in range(random.Random(turn).randrange(20, 60)):
                    written.acquire()
                up.clear()
                team.server.stop(signal.SIGKILL)
                team.server.start()
                up.set()
        finally:
            up.set()
            over.set()
        answered = [pair for writer in writers for pair in writer.result()]
    team.owner.close()
    stored = team.owner.rows("SELECT mark, id FROM tridesk.message WHERE direction = 'note' ORDER BY id")
    assert sorted(stored) == sorted(answered)
    assert len({mark for mark, _ in stored}) == len(stored)
    events = team.owner.rows("SELECT count(*), count(DISTINCT message) FROM tridesk.event WHERE kind = 'said'")
    assert events == [(len(stored), len(stored))]
    assert team.owner.rows("SELECT version FROM tridesk.ticket") == [(len(stored) + 1,)]
    reader = connector(team, "emil")
    cursor, seen = "", set[str]()
    while True:
        batch = reader.after(cursor, lambda number: False)
        seen |= {happened.mark for happened in batch.messages}
        cursor = batch.cursor
        if not batch.more:
            break
    reader.close()
    assert {mark for mark, _ in answered} <= seen
    assert len(broken) >= KILLS  # it was in the middle of writes
