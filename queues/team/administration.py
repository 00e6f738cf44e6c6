"""What the owner of a team's database does: set it up, admit and remove members, see its state."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from data.errors import InputError, RefusedError
from queues.team.database import Database, values_of
from queues.team.migrations import Migration, migrate, migrations
from queues.team.versions import WORKING_TOGETHER, require_fit

Role = Literal["reader", "agent", "lead"]
OLDEST_SERVER = 140000
ANY_LANE = "*"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What setting up a database did."""

    done: tuple[Migration, ...]
    restored: bool
    """It comes from a dump; every desk reads it from the start."""


@dataclass(frozen=True, slots=True)
class TeamState:
    """A team's database as a member sees it."""

    login: str
    role: str
    lanes: tuple[str, ...]
    version: int
    """The number of its newest migration."""
    oldest_client: int
    lease_minutes: int
    members: int
    tickets: int
    waiting: int
    """Replies that no desk has sent yet."""
    late_seconds: int
    """By how much a long transaction of the cluster delays the feed."""
    tls: bool


def prepare(database: Database, steps: Sequence[Migration] = ()) -> Prepared:
    """Create the schema, or bring it up to date; agents may work meanwhile. Raises ConnectorError, InputError."""
    ((version,),) = database.rows("SELECT current_setting('server_version_num')::int")
    if version < OLDEST_SERVER:
        raise InputError(
            "Server too old", f"{database.place} is PostgreSQL {version // 10000}; a team needs 14 or newer."
        )
    done = migrate(database, tuple(steps) or migrations())
    with database.transaction():
        database.rows("LOCK TABLE tridesk.event IN SHARE ROW EXCLUSIVE MODE")
        # only members may connect: a database is open to every login of its cluster otherwise, a restored one too
        database.script(
            """DO $$
            DECLARE login text;
            BEGIN
                EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
                FOR login IN SELECT member.login FROM tridesk.member JOIN pg_roles ON rolname = member.login
                        WHERE removed_at IS NULL LOOP
                    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login);
                END LOOP;
            END $$"""
        )
        # events of another cluster name its transactions: later ones than this cluster will reach for long
        ((restored,),) = database.rows(
            "SELECT EXISTS (SELECT FROM tridesk.event WHERE xact > pg_current_xact_id()::text::bigint)"
        )
        if restored:
            database.rows("UPDATE tridesk.event SET xact = 0")
            database.rows("UPDATE tridesk.team SET generation = gen_random_uuid()")
    return Prepared(tuple(done), bool(restored))


def set_lease(database: Database, minutes: int) -> None:
    """Set, as the owner, how long a claim outlives its desk."""
    if minutes < 1:
        raise InputError("Lease too short", f"A lease lasts a minute at least, not {minutes}.")
    database.rows("UPDATE tridesk.team SET lease = make_interval(mins => %s)", minutes)


def add_member(database: Database, login: str, role: Role, lanes: Sequence[str] = ()) -> str:
    """Admit a login with a role, or change its role and lanes; return its password if it had to be created."""
    password = ""
    with database.transaction():
        if not database.rows("SELECT FROM pg_roles WHERE rolname = %s", login):
            password = secrets.token_urlsafe(18)
            database.rows(
                "SELECT set_config('tridesk.login', %s, true), set_config('tridesk.password', %s, true)",
                login,
                password,
            )
            # a statement that logging of statements does not show the password of
            database.script(
                """DO $$ BEGIN EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', current_setting('tridesk.login'),
                    current_setting('tridesk.password')); END $$"""
            )
        database.rows("SELECT set_config('tridesk.login', %s, true), set_config('tridesk.role', %s, true)", login, role)
        database.script(
            """DO $$
            DECLARE login text := current_setting('tridesk.login'); other text;
            BEGIN
                FOREACH other IN ARRAY ARRAY['tridesk_reader', 'tridesk_agent', 'tridesk_lead'] LOOP
                    IF EXISTS (SELECT FROM pg_auth_members
                            WHERE roleid = other::regrole AND member = quote_ident(login)::regrole) THEN
                        EXECUTE format('REVOKE %I FROM %I', other, login);
                    END IF;
                END LOOP;
                EXECUTE format('GRANT %I TO %I', 'tridesk_' || current_setting('tridesk.role'), login);
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login);
                EXECUTE format('ALTER ROLE %I SET statement_timeout = ''30s''', login);
                EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', login);
            END $$"""
        )
        database.rows(
            """INSERT INTO tridesk.member (login, role, lanes) VALUES (%s, %s, %s)
            ON CONFLICT (login) DO UPDATE SET role = excluded.role, lanes = excluded.lanes,
                access = tridesk.member.access + 1, removed_at = NULL""",
            login, role, list(lanes) or [ANY_LANE],
        )  # fmt: skip
    return password


def remove_member(database: Database, login: str) -> None:
    """End a membership; what the member did stays. Raises RefusedError if there is none."""
    with database.transaction():
        changed = database.rows(
            "UPDATE tridesk.member SET removed_at = now() WHERE login = %s AND removed_at IS NULL RETURNING role", login
        )
        if not changed:
            raise RefusedError("No such member", f"{login} is not a member of the team at {database.place}.")
        database.rows("SELECT set_config('tridesk.login', %s, true)", login)
        # the roles are of the whole cluster, and may be needed for another team's database
        database.script(
            """DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(),
                current_setting('tridesk.login')); END $$"""
        )


@dataclass(frozen=True, slots=True)
class MemberAtWork:
    """What a member has and does."""

    login: str
    role: str
    is_connected: bool
    """The desk was seen within the lease."""
    counts: dict[str, int]
    """Tickets by status."""
    writes_on: tuple[int, ...]
    looks_at: tuple[int, ...] = ()
    """The tickets that they have open and do not write on."""


@dataclass(frozen=True, slots=True)
class LaneAtWork:
    """What waits in a lane."""

    lane: str
    unassigned: int
    """New and open tickets that no one has."""
    assigned: int
    oldest: int | None
    """When the oldest unassigned ticket was opened."""


def board(database: Database) -> tuple[list[MemberAtWork], list[LaneAtWork]]:
    """Return who works on what, and what waits in each lane, as far as this member sees it."""
    open_tickets: dict[str, list[int]] = {}
    if require_fit(database) >= WORKING_TOGETHER:
        rows = database.rows("SELECT login, array_agg(ticket) FROM tridesk.viewing WHERE until > now() GROUP BY login")
        open_tickets = {login: list(tickets) for login, tickets in rows}
    people = database.rows(
        """SELECT login, role, lease_until > now(),
            coalesce((SELECT jsonb_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM tridesk.ticket
                WHERE owner = login AND status NOT IN ('solved', 'closed') GROUP BY status) AS counts), '{}'),
            ARRAY(SELECT ticket FROM tridesk.presence
                WHERE presence.login = member.login AND until > now() ORDER BY ticket)
        FROM tridesk.member WHERE removed_at IS NULL AND role <> 'reader' ORDER BY login"""
    )
    lanes = database.rows(
        """SELECT lane, count(*) FILTER (WHERE owner = ''), count(*) FILTER (WHERE owner <> ''),
            extract(epoch FROM min(created_at) FILTER (WHERE owner = ''))::bigint
        FROM tridesk.ticket WHERE status IN ('new', 'open') GROUP BY lane ORDER BY lane"""
    )
    return (
        [
            MemberAtWork(
                login,
                role,
                seen,
                dict(counts),
                tuple(writes),
                tuple(sorted({*open_tickets.get(login, ())} - {*writes})),
            )
            for login, role, seen, counts, writes in people
        ],
        [LaneAtWork(*row) for row in lanes],
    )


def free_all(database: Database, login: str) -> int:
    """Free, as a lead, the new and open tickets of a person; return how many. Raises RefusedError."""
    ((count,),) = database.rows("SELECT tridesk.free_all(%s)", login)
    return int(count)


def members(database: Database) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return login, role and lanes of each member."""
    rows = database.rows("SELECT login, role, lanes FROM tridesk.member WHERE removed_at IS NULL ORDER BY login")
    return [(login, role, tuple(lanes)) for login, role, lanes in rows]


def state(database: Database) -> TeamState:
    """Return the team's state as this login sees it. Raises ConnectorError, also if it is not a member."""
    own = database.rows("SELECT role, lanes FROM tridesk.member WHERE login = session_user AND removed_at IS NULL")
    if not own:
        raise RefusedError(
            "Not a member", f"{database.login} is not a member of the team at {database.place}; its owner runs "
            f"`tridesk team add … {database.login} --role agent`.",
        )  # fmt: skip
    ((role, lanes),) = own
    ((version, oldest),) = database.rows("SELECT max(number), max(oldest_client) FROM tridesk.migration")
    ((lease,),) = database.rows("SELECT (extract(epoch FROM lease) / 60)::int FROM tridesk.team")
    ((tickets,),) = database.rows("SELECT count(*) FROM tridesk.ticket")
    ((waiting,),) = database.rows("SELECT count(*) FROM tridesk.message WHERE delivery IN ('waiting', 'taken')")
    (late,) = values_of(database.rows(
        """SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::int FROM tridesk.event
        WHERE xact >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"""
    ))  # fmt: skip
    (tls,) = values_of(database.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
    return TeamState(
        database.login, role, tuple(lanes), version, oldest, lease, len(members(database)), tickets, waiting,
        late, bool(tls),
    )  # fmt: skip
