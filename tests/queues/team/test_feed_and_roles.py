"""The change feed misses no late row; roles and rows are refused by the database itself; versions live side by side."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.errors import ConnectorError, RefusedError, UnreachableError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.base import Batch
from queues.connectors.team import Team as Connector
from queues.team.administration import free_all, members, prepare, remove_member, state
from queues.team.database import Database, tls_settings
from queues.team.migrations import Migration, migrations
from queues.team.versions import known
from tests.queues.team.test_operations import operate, reply
from tests.servers.front import certificate
from tests.servers.postgres import Place, PostgresServer, Team, open_ticket

pytestmark = pytest.mark.trackers


def connector(team: Team, login: str = "alice") -> Connector:
    """Return an agent's connector."""
    return Connector(Tracker("acme", team.url(login), kind="team"), lambda account: f"{login}-pass")


@pytest.fixture
def alice(team: Team) -> Iterator[Connector]:
    """Yield an agent's connector."""
    made = connector(team)
    yield made
    made.close()


def unfiled(number: int) -> bool:
    return False


def refs(batch: Batch) -> list[str]:
    return [happened.ref for happened in batch.messages]


def test_a_row_that_commits_late_is_not_missed(team: Team, alice: Connector) -> None:
    slow, quick = team.connected("bruno"), team.connected("carla")
    cursor = alice.after("", unfiled).cursor
    with slow.transaction():
        first = open_ticket(slow, b"slow", "ana@x.example", "First number, late commit")
        second = open_ticket(quick, b"quick", "bob@x.example", "Second number, at once")
        assert int(first) < int(second)
        held = alice.after(cursor, unfiled)
        assert (held.messages, held.cursor) == ((), cursor)  # a reader that went to the highest number would lose it
        assert alice.listen(0)  # and looks again, though no hint comes
    batch = alice.after(cursor, unfiled)
    assert refs(batch) == [first, second]
    assert alice.after(batch.cursor, unfiled).messages == ()


def test_a_transaction_that_is_given_up_holds_nothing_back(team: Team, alice: Connector) -> None:
    slow = team.connected("bruno")
    slow.script("BEGIN")
    open_ticket(slow, b"never", "ana@x.example", "Never")
    open_ticket(team.connected("carla"), b"quick", "bob@x.example", "Quick")
    slow.script("ROLLBACK")
    batch = alice.after("", unfiled)
    assert len(batch.messages) == 1
    assert not alice.listen(0)


def test_reading_page_by_page_brings_each_message_once(team: Team, alice: Connector) -> None:
    bruno = team.connected("bruno")
    brought = [open_ticket(bruno, f"{n}".encode(), f"c{n}@x.example", f"{n}") for n in range(230)]
    cursor, seen = "", list[str]()
    while True:
        batch = alice.after(cursor, unfiled)
        seen, cursor = seen + refs(batch), batch.cursor
        if not batch.more:
            break
    assert seen == brought


def test_a_hint_comes_and_the_feed_has_what_it_hints_at(team: Team, alice: Connector) -> None:
    cursor = alice.after("", unfiled).cursor
    assert not alice.listen(0)
    ref = open_ticket(team.connected("bruno"), b"x", "ana@x.example", "x")
    assert alice.listen(10)
    assert refs(alice.after(cursor, unfiled)) == [ref]


def test_a_restored_database_is_read_again_from_the_start(team: Team, alice: Connector) -> None:
    open_ticket(team.connected("bruno"), b"x", "ana@x.example", "x")
    cursor = alice.after("", unfiled).cursor
    assert not prepare(team.owner).restored
    # another cluster's dump: its transactions have numbers that this one reaches in years
    team.owner.rows("UPDATE tridesk.event SET xact = xact + 1000000000")
    open_ticket(team.connected("bruno"), b"y", "ana@x.example", "y")
    assert prepare(team.owner).restored
    assert len(alice.after(cursor, unfiled).messages) == 2


def test_a_reader_reads_and_may_do_nothing_else(team: Team) -> None:
    team.add("rita", "reader")
    ref = open_ticket(team.connected("gateway"), b"x", "ana@x.example", "x")
    rita = connector(team, "rita")
    assert refs(rita.after("", unfiled)) == [ref]
    for act in (
        lambda: rita.take(ref, ""),
        lambda: rita.comment(ref, "x", "m"),
        lambda: rita.set_status(ref, "open", ""),
    ):
        with pytest.raises(RefusedError, match="does not let rita do this"):
            act()
    rita.close()
    assert team.owner.rows("SELECT owner, status FROM tridesk.ticket") == [("", "new")]


def test_no_role_writes_past_the_functions(team: Team) -> None:
    team.add("lea", "lead")
    open_ticket(team.connected("gateway"), b"x", "ana@x.example", "x")
    lea = team.connected("lea")
    for sql in (
        "UPDATE tridesk.ticket SET owner = 'lea'",
        "DELETE FROM tridesk.event",
        "INSERT INTO tridesk.member (login, role) VALUES ('mallory', 'lead')",
        "UPDATE tridesk.team SET lease = '1 year'",
        "SELECT tridesk.add_message(1, '{}', '', '')",
        "SELECT tridesk.written('x')",
        "SELECT * FROM tridesk.operation",
    ):
        with pytest.raises(RefusedError, match="does not let lea do this"):
            lea.rows(sql)


def test_a_lead_may_what_an_agent_may_not(team: Team) -> None:
    team.add("lea", "lead")
    lea, bruno = team.connected("lea"), team.connected("bruno")
    for number in (1, 2):
        open_ticket(bruno, f"{number}".encode(), "ana@x.example", "x")
        operate(bruno, {"owner": {"from": "", "to": "bruno"}}, number=number)
    operate(bruno, {"set": {"status": "pending"}}, number=2)
    with pytest.raises(RefusedError, match="does not let bruno"):
        free_all(bruno, "bruno")
    assert free_all(lea, "bruno") == 1
    assert lea.rows("SELECT owner FROM tridesk.ticket ORDER BY id") == [("",), ("bruno",)]


def test_a_member_sees_the_tickets_of_its_lanes_alone_and_a_new_lane_whole(team: Team) -> None:
    gateway = team.connected("gateway")
    for lane in ("mail", "safety", "app"):
        open_ticket(gateway, lane.encode(), f"{lane}@x.example", lane, lane)
    team.add("nora", "agent", "mail", "app")
    nora = connector(team, "nora")
    batch = nora.after("", unfiled)
    assert {ticket.queue for ticket in batch.tickets.values()} == {"mail", "app"}
    assert len(batch.messages) == 2
    for sql in ("SELECT ticket FROM tridesk.message", "SELECT ticket FROM tridesk.event"):
        assert sorted(nora.database.rows(sql)) == [(1,), (3,)]
    with pytest.raises(ConnectorError, match="no ticket 2"):
        nora.take("2", "")
    team.add("nora", "agent", "mail", "safety")
    assert {ticket.queue for ticket in nora.after(batch.cursor, unfiled).tickets.values()} == {"mail", "safety"}
    nora.close()


def test_a_login_that_is_not_a_member_sees_and_does_nothing(team: Team, postgres_server: PostgresServer) -> None:
    open_ticket(team.connected("gateway"), b"x", "ana@x.example", "x")
    other = postgres_server.team(sam="agent")
    sam = Database(Place(team.url("sam")), lambda: "sam-pass")
    with pytest.raises(RefusedError, match="not a member"):
        state(sam)
    assert sam.rows("SELECT * FROM tridesk.ticket") == []
    with pytest.raises(RefusedError, match="is not agent or lead of this team"):
        operate(sam, reply("r"))
    sam.close()
    other.close()


def test_a_removed_member_is_refused_and_told_so(team: Team, alice: Connector) -> None:
    cursor = alice.after("", unfiled).cursor
    remove_member(team.owner, "alice")
    assert "alice" not in [login for login, _, _ in members(team.owner)]
    with pytest.raises(UnreachableError, match="no longer a member"):
        alice.after(cursor, unfiled)
    with pytest.raises(RefusedError, match="not a member"):
        remove_member(team.owner, "alice")


NEXT = Migration(
    known() + 1, "colours",
    "ALTER TABLE tridesk.ticket ADD COLUMN colour text NOT NULL DEFAULT '';"
    "CREATE TABLE tridesk.wall (id bigint); GRANT SELECT ON tridesk.wall TO tridesk_reader;",
)  # fmt: skip
AFTER_NEXT = Migration(known() + 2, "more", "CREATE TABLE tridesk.more (id bigint)")


def test_a_client_works_beside_the_next_schema_and_says_when_it_is_too_old(team: Team, alice: Connector) -> None:
    ref = open_ticket(team.connected("gateway"), b"x", "ana@x.example", "x")
    cursor = alice.after("", unfiled).cursor
    assert [step.number for step in prepare(team.owner, [*migrations(), NEXT]).done] == [NEXT.number]
    assert alice.take(ref, "").owner == "alice"
    alice.close()  # and logs in again
    assert alice.after(cursor, unfiled).tickets[ref].owner == "alice"
    prepare(team.owner, [*migrations(), NEXT, AFTER_NEXT])
    alice.close()
    with pytest.raises(RefusedError, match=rf"needs a newer tridesk \({NEXT.number}, this is {known()}\)"):
        alice.after(cursor, unfiled)


def test_a_client_works_with_the_schema_of_the_version_before(team: Team, alice: Connector) -> None:
    ref = open_ticket(team.connected("gateway"), b"x", "ana@x.example", "x")
    team.owner.rows("ALTER TABLE tridesk.ticket DROP COLUMN fields")
    team.owner.rows("DELETE FROM tridesk.migration WHERE number = 2")
    assert dict(alice.after("", unfiled).tickets[ref].values) == {}


def test_a_migration_that_fails_leaves_nothing_behind(team: Team) -> None:
    broken = Migration(known() + 1, "broken", "CREATE TABLE tridesk.half (id bigint); SELECT no_such_function()")
    with pytest.raises(ConnectorError):
        prepare(team.owner, [*migrations(), broken])
    assert team.owner.rows("SELECT to_regclass('tridesk.half')") == [(None,)]
    assert prepare(team.owner, [*migrations(), NEXT]).done == (NEXT,)


def test_two_owners_migrate_one_after_the_other(postgres_server: PostgresServer) -> None:
    from concurrent.futures import ThreadPoolExecutor

    plain = postgres_server.team(owner="agent")
    steps = [*migrations(), NEXT]
    owners = [postgres_server.owner(plain.name) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda owner: len(prepare(owner, steps).done), owners))
    assert sorted(done) == [0, 0, 0, 1]
    for owner in owners:
        owner.close()
    plain.close()


def test_off_loopback_only_verified_tls_will_do() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        assert tls_settings(host, "")["sslmode"] == "prefer"
    for host, ca_file in (("db.example", ""), ("10.0.0.7", ""), ("localhost", "/ca.pem")):
        assert tls_settings(host, ca_file)["sslmode"] == "verify-full"
    assert tls_settings("db.example", "/ca.pem")["sslrootcert"] == "/ca.pem"


def test_a_server_without_tls_or_with_a_strange_certificate_gets_no_password(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    team, folder = postgres_server.team(), certificate(tmp_path)
    url = team.url("alice").replace("127.0.0.1", "localhost")

    def tried(address: Place) -> Any:
        database = Database(address, lambda: "alice-pass")
        try:
            return database.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        finally:
            database.close()

    with pytest.raises(UnreachableError, match="does not offer TLS; no password was sent"):
        tried(Place(url, ca_file=str(folder / "ca.pem")))
    team.close()
    postgres_server.stop(signal.SIGINT)
    postgres_server.start(*postgres_server.tls_options(folder))
    try:
        assert tried(Place(url, ca_file=str(folder / "ca.pem"))) == [(True,)]
        other = tmp_path / "other"
        other.mkdir()
        certificate(other)
        named = team.url("alice")  # by a number, which the certificate does not have
        for address in (Place(url, ca_file=str(other / "ca.pem")), Place(named, ca_file=str(folder / "ca.pem"))):
            with pytest.raises(UnreachableError, match=r"certificate that cannot be trusted.* no password was sent"):
                tried(address)
    finally:
        postgres_server.stop(signal.SIGINT)
        postgres_server.start()
