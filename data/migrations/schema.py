"""Every step that the store file has gone through, oldest first."""

from __future__ import annotations

import json

from sqlite_utils import Database, Migrations

from data.migrations.version import APPLICATION_ID
from data.search.search_index import person
from data.search.search_words import indexed
from data.tables.event_chain import chain_all

migrations = Migrations("tridesk")

FIRST_TABLES = (
    """CREATE TABLE customer (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, language TEXT NOT NULL DEFAULT 'und',
        register TEXT NOT NULL DEFAULT '', region TEXT NOT NULL DEFAULT '', tier TEXT NOT NULL DEFAULT 'standard',
        created_at INTEGER NOT NULL) STRICT""",
    """CREATE TABLE identity (
        kind TEXT NOT NULL, value TEXT NOT NULL, customer_id INTEGER NOT NULL REFERENCES customer(id),
        PRIMARY KEY (kind, value)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX identity_customer ON identity(customer_id)",
    "CREATE TABLE lane (name TEXT PRIMARY KEY, title TEXT NOT NULL, position INTEGER NOT NULL) STRICT",
    """CREATE TABLE ticket (
        id INTEGER PRIMARY KEY, lane TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL, subject TEXT NOT NULL,
        customer_id INTEGER NOT NULL REFERENCES customer(id), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
        version INTEGER NOT NULL, severity TEXT, language TEXT NOT NULL, confidence REAL NOT NULL,
        language_source TEXT NOT NULL, assignee TEXT NOT NULL, connector TEXT NOT NULL, external_ref TEXT NOT NULL,
        reason TEXT NOT NULL, topic TEXT NOT NULL, procedure TEXT NOT NULL, first_due INTEGER, next_due INTEGER,
        resolve_due INTEGER, snoozed_until INTEGER, first_replied_at INTEGER, solved_at INTEGER,
        touches INTEGER NOT NULL, reopens INTEGER NOT NULL, tags TEXT NOT NULL, sort_due INTEGER NOT NULL) STRICT""",
    "CREATE INDEX ticket_lane ON ticket(lane, sort_due, id) WHERE status IN ('new', 'open')",
    "CREATE INDEX ticket_customer ON ticket(customer_id, id)",
    "CREATE INDEX ticket_snoozed ON ticket(snoozed_until) WHERE snoozed_until IS NOT NULL",
    """CREATE TABLE lane_count (lane TEXT NOT NULL, status TEXT NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (lane, status)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE raw (sha256 TEXT PRIMARY KEY, source TEXT NOT NULL, kept_at INTEGER NOT NULL, bytes BLOB NOT NULL,
        filed INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE INDEX raw_unfiled ON raw(kept_at) WHERE filed = 0",
    """CREATE TABLE message (
        id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id), direction TEXT NOT NULL,
        kind TEXT NOT NULL, from_name TEXT NOT NULL, from_address TEXT NOT NULL, subject TEXT NOT NULL,
        text TEXT NOT NULL, new_text TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
        language TEXT NOT NULL, confidence REAL NOT NULL, message_id TEXT NOT NULL, reply_to TEXT NOT NULL,
        raw_sha256 TEXT NOT NULL, content_hash TEXT NOT NULL, readable INTEGER NOT NULL, macro TEXT NOT NULL,
        attachments TEXT NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE INDEX message_ticket ON message(ticket_id, id)",
    "CREATE INDEX message_content ON message(content_hash) WHERE content_hash <> ''",
    """CREATE TABLE reference (value TEXT NOT NULL, ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        PRIMARY KEY (value, ticket_id)) STRICT, WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE message_text USING fts5(
        subject, text, content='message', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TABLE action (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, summary TEXT NOT NULL,
        state TEXT NOT NULL, steps TEXT NOT NULL) STRICT""",
    "CREATE INDEX action_actor ON action(actor, state, id)",
    """CREATE TABLE event (id INTEGER PRIMARY KEY, action INTEGER NOT NULL, ticket_id INTEGER NOT NULL,
        at INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL) STRICT""",
    "CREATE INDEX event_ticket ON event(ticket_id, id)",
    """CREATE TRIGGER event_is_kept BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TABLE draft (ticket_id INTEGER PRIMARY KEY REFERENCES ticket(id), kind TEXT NOT NULL, text TEXT NOT NULL,
        revision INTEGER NOT NULL, updated_at INTEGER NOT NULL, macro TEXT NOT NULL, language TEXT NOT NULL) STRICT""",
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id), action INTEGER NOT NULL,
        connector TEXT NOT NULL, state TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL,
        raw BLOB NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL) STRICT""",
    "CREATE INDEX outbox_waiting ON outbox(due_at) WHERE state IN ('queued', 'sending', 'in doubt', 'failed', 'held')",
    """CREATE TABLE escalation (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        team TEXT NOT NULL, reason TEXT NOT NULL, reference TEXT NOT NULL, due_at INTEGER,
        state TEXT NOT NULL) STRICT""",
    "CREATE INDEX escalation_ticket ON escalation(ticket_id)",
    """CREATE TABLE promise (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        text TEXT NOT NULL, due_at INTEGER NOT NULL, state TEXT NOT NULL) STRICT""",
    "CREATE INDEX promise_ticket ON promise(ticket_id)",
    """CREATE TABLE step (ticket_id INTEGER NOT NULL REFERENCES ticket(id), procedure TEXT NOT NULL, step TEXT NOT NULL,
        value TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
        PRIMARY KEY (ticket_id, procedure, step)) STRICT""",
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
)


@migrations()
def first_tables(db: Database) -> None:
    """Tickets, messages, customers, events, drafts, the outbox and full text."""
    for statement in FIRST_TABLES:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@migrations()
def when_tickets_waited(db: Database) -> None:
    """When a ticket waited for others, so that its resolution clock can pause."""
    db.execute("ALTER TABLE ticket ADD COLUMN waits TEXT NOT NULL DEFAULT '[]'")


@migrations()
def what_routing_looked_at(db: Database) -> None:
    """What a message said of its languages, recipients and lane, so that rules can be tried on it again; triage."""
    db.execute("ALTER TABLE message ADD COLUMN mixed TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE message ADD COLUMN recipients TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE message ADD COLUMN named_lane TEXT NOT NULL DEFAULT ''")
    # for existing tickets the named lane was not stored; the ticket's current lane moves nothing
    db.execute("UPDATE message SET named_lane = (SELECT lane FROM ticket WHERE ticket.id = message.ticket_id)")
    db.execute("CREATE INDEX ticket_triage ON ticket(lane) WHERE language = 'und' AND status IN ('new', 'open')")


ESCALATION_CHILDREN = (
    "ALTER TABLE escalation ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE escalation ADD COLUMN opened_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE escalation ADD COLUMN address TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE escalation ADD COLUMN message_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE escalation ADD COLUMN settled_at INTEGER",
    "ALTER TABLE escalation ADD COLUMN told INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX escalation_due ON escalation(due_at) WHERE state = 'open'",
    "CREATE INDEX escalation_mail ON escalation(message_id) WHERE message_id <> ''",
)


@migrations()
def escalation_children(db: Database) -> None:
    """Escalations say who opened them, where their mail went and when the other team answered."""
    for statement in ESCALATION_CHILDREN:
        db.execute(statement)


@migrations()
def people_are_found(db: Database) -> None:
    """When an identity was first seen, and customers by name: the checks before sending ask for both."""
    db.execute("ALTER TABLE identity ADD COLUMN since INTEGER NOT NULL DEFAULT 0")
    db.execute("CREATE INDEX customer_name ON customer(name COLLATE NOCASE)")


@migrations()
def problems(db: Database) -> None:
    """Problems: one cause behind several tickets."""
    db.execute(
        "CREATE TABLE problem (id INTEGER PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL, "
        "opened_at INTEGER NOT NULL, opened_by TEXT NOT NULL) STRICT"
    )
    db.execute(
        "CREATE TABLE problem_link (ticket_id INTEGER PRIMARY KEY REFERENCES ticket(id), "
        "problem_id INTEGER NOT NULL REFERENCES problem(id)) STRICT"
    )
    db.execute("CREATE INDEX problem_link_problem ON problem_link(problem_id)")


PROCEDURES = (
    "ALTER TABLE message ADD COLUMN procedure TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE wording (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE known_wording (agent TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        hash TEXT NOT NULL REFERENCES wording(hash), at INTEGER NOT NULL,
        PRIMARY KEY (agent, kind, name)) STRICT, WITHOUT ROWID""",
)


@migrations()
def procedures_followed(db: Database) -> None:
    """Which procedure a reply followed, and the wordings that each agent has seen."""
    for statement in PROCEDURES:
        db.execute(statement)


PROMISES_KEPT = (
    "ALTER TABLE promise ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE promise ADD COLUMN made_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE promise ADD COLUMN message_id INTEGER REFERENCES message(id)",
    "ALTER TABLE promise ADD COLUMN settled_at INTEGER",
    "CREATE INDEX promise_open ON promise(due_at) WHERE state = 'open'",
)


@migrations()
def promises_kept(db: Database) -> None:
    """Promises say who gave them in which message, and when they were kept or broken."""
    for statement in PROMISES_KEPT:
        db.execute(statement)


VIEWS = (
    "CREATE INDEX ticket_assignee ON ticket(lane, assignee, sort_due, id) WHERE status IN ('new', 'open')",
    "CREATE INDEX ticket_language ON ticket(lane, language, sort_due, id) WHERE status IN ('new', 'open')",
    "CREATE INDEX ticket_rest ON ticket(lane, status, -updated_at, id) WHERE status NOT IN ('new', 'open')",
    """CREATE TABLE ticket_tag (lane TEXT NOT NULL, tag TEXT NOT NULL, place INTEGER NOT NULL,
        PRIMARY KEY (lane, tag, place)) STRICT, WITHOUT ROWID""",
    "INSERT OR IGNORE INTO ticket_tag SELECT t.lane, j.value, -t.id FROM ticket t, json_each(t.tags) j",
)


@migrations()
def views_of_a_lane(db: Database) -> None:
    """Indexes for the views of a lane, and tags by lane: `place` is the ticket's number, negative, newest first."""
    for statement in VIEWS:
        db.execute(statement)


@migrations()
def drafts_keep_what_macros_do(db: Database) -> None:
    """What the macros in a draft do besides their words, so that it is not lost while the words are edited."""
    db.execute("ALTER TABLE draft ADD COLUMN actions TEXT NOT NULL DEFAULT ''")


@migrations()
def what_is_learned_from(db: Database) -> None:
    """Replies that came from a macro, found without reading the others."""
    db.execute("CREATE INDEX message_macro ON message(id) WHERE macro <> ''")


MAIL_ACCOUNTS = (
    """CREATE TABLE remote_mail (
        connector TEXT NOT NULL, mailbox TEXT NOT NULL, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,
        sha256 TEXT NOT NULL, arrived_at INTEGER NOT NULL, flags TEXT NOT NULL, modseq INTEGER NOT NULL,
        ticket_id INTEGER REFERENCES ticket(id), gone INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (connector, mailbox, uidvalidity, uid)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX remote_mail_raw ON remote_mail(sha256)",
    "CREATE INDEX remote_mail_ticket ON remote_mail(ticket_id) WHERE ticket_id IS NOT NULL",
    "CREATE INDEX remote_mail_unfiled ON remote_mail(connector) WHERE ticket_id IS NULL",
    "ALTER TABLE outbox ADD COLUMN sent_at INTEGER",
    "ALTER TABLE outbox ADD COLUMN copied INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE outbox ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX outbox_sent ON outbox(connector, sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX outbox_ticket ON outbox(ticket_id)",
    "CREATE INDEX outbox_uncopied ON outbox(connector) WHERE copied = 0",
)


@migrations()
def mail_accounts(db: Database) -> None:
    """Where each mail is on its server; of each reply, when it left and whether its copy is there."""
    for statement in MAIL_ACCOUNTS:
        db.execute(statement)


EFFORT = (
    "CREATE INDEX message_out ON message(id) WHERE direction = 'out'",
    """CREATE TABLE effort (ticket_id INTEGER NOT NULL REFERENCES ticket(id) ON DELETE CASCADE, agent TEXT NOT NULL,
        at INTEGER NOT NULL, keys INTEGER NOT NULL, letters INTEGER NOT NULL, seconds REAL NOT NULL,
        PRIMARY KEY (ticket_id, agent)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX effort_agent ON effort(agent, at)",
)


@migrations()
def effort(db: Database) -> None:
    """What an agent's work on a ticket took, in keys and seconds; replies without the messages between them."""
    for statement in EFFORT:
        db.execute(statement)


CSAT = (
    """CREATE TABLE csat_question (id INTEGER PRIMARY KEY, token TEXT NOT NULL,
        ticket_id INTEGER NOT NULL REFERENCES ticket(id), message_id INTEGER NOT NULL REFERENCES message(id),
        at INTEGER NOT NULL, agent TEXT NOT NULL, macro TEXT NOT NULL, state TEXT NOT NULL) STRICT""",
    "CREATE INDEX csat_question_ticket ON csat_question(ticket_id)",
    "CREATE INDEX csat_question_token ON csat_question(token)",
    """CREATE TABLE csat (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id), at INTEGER NOT NULL,
        score REAL NOT NULL, scale INTEGER NOT NULL, value INTEGER NOT NULL, via TEXT NOT NULL, comment TEXT NOT NULL,
        agent TEXT NOT NULL, macro TEXT NOT NULL, question_id INTEGER REFERENCES csat_question(id),
        message_id INTEGER REFERENCES message(id), source TEXT NOT NULL, state TEXT NOT NULL) STRICT""",
    "CREATE INDEX csat_ticket ON csat(ticket_id)",
    "CREATE INDEX csat_at ON csat(at)",
    "CREATE UNIQUE INDEX csat_source ON csat(source) WHERE source <> '' AND state <> 'withdrawn'",
    """INSERT INTO setting VALUES ('csat.secret', '"' || lower(hex(randomblob(16))) || '"')""",
)


@migrations()
def customers_rate(db: Database) -> None:
    """The replies that ask how it was, and what customers answer; the secret that the marks in them are made with."""
    for statement in CSAT:
        db.execute(statement)


IMPORTED = (
    """CREATE TABLE imported (ticket_id INTEGER PRIMARY KEY REFERENCES ticket(id) ON DELETE CASCADE, tool TEXT NOT NULL,
        ref TEXT NOT NULL, record TEXT NOT NULL, messages INTEGER NOT NULL, extra TEXT NOT NULL) STRICT""",
    "CREATE INDEX imported_record ON imported(record)",
    "CREATE INDEX ticket_external ON ticket(connector, external_ref) WHERE external_ref <> ''",
)


@migrations()
def tickets_of_other_tools(db: Database) -> None:
    """Where imported tickets came from, what of them has no equivalent, and tickets by their number elsewhere."""
    for statement in IMPORTED:
        db.execute(statement)


SHIFTS = (
    """CREATE TABLE shift (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, began_at INTEGER NOT NULL,
        since_event INTEGER NOT NULL, ended_at INTEGER, note TEXT NOT NULL DEFAULT '') STRICT""",
    "CREATE INDEX shift_agent ON shift(agent, began_at)",
)


@migrations()
def shifts(db: Database) -> None:
    """When each agent worked, and the hand-over that each shift left."""
    for statement in SHIFTS:
        db.execute(statement)


REVIEWS = (
    """CREATE TABLE sample (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, mode TEXT NOT NULL,
        seed TEXT NOT NULL, state TEXT NOT NULL) STRICT""",
    """CREATE TABLE sample_item (sample_id INTEGER NOT NULL REFERENCES sample(id), place INTEGER NOT NULL,
        message_id INTEGER NOT NULL REFERENCES message(id), ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        agent TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (sample_id, place)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sample_item_ticket ON sample_item(ticket_id)",
    """CREATE TABLE calibration (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        message_id INTEGER NOT NULL REFERENCES message(id), scorecard TEXT NOT NULL, reviewers TEXT NOT NULL,
        at INTEGER NOT NULL, actor TEXT NOT NULL, state TEXT NOT NULL) STRICT""",
    """CREATE TABLE review (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        message_id INTEGER NOT NULL REFERENCES message(id), agent TEXT NOT NULL, reviewer TEXT NOT NULL,
        scorecard TEXT NOT NULL, percent REAL NOT NULL, failed TEXT NOT NULL, comment TEXT NOT NULL,
        at INTEGER NOT NULL, state TEXT NOT NULL, revises INTEGER REFERENCES review(id),
        calibration INTEGER REFERENCES calibration(id), seen_at INTEGER) STRICT""",
    "CREATE INDEX review_message ON review(message_id)",
    "CREATE INDEX review_ticket ON review(ticket_id)",
    "CREATE INDEX review_reviewer ON review(reviewer) WHERE state = 'given'",
    "CREATE INDEX review_unread ON review(agent) WHERE seen_at IS NULL AND state = 'given' AND calibration IS NULL",
    """CREATE TABLE review_mark (review_id INTEGER NOT NULL REFERENCES review(id), place INTEGER NOT NULL,
        criterion TEXT NOT NULL, points INTEGER, best INTEGER NOT NULL, comment TEXT NOT NULL,
        PRIMARY KEY (review_id, place)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE review_answer (id INTEGER PRIMARY KEY, review_id INTEGER NOT NULL REFERENCES review(id),
        at INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
        state TEXT NOT NULL) STRICT""",
    "CREATE INDEX review_answer_review ON review_answer(review_id)",
)


@migrations()
def replies_are_reviewed(db: Database) -> None:
    """Samples, reviews with their marks and answers, and calibrations: replies that two reviewers both score."""
    for statement in REVIEWS:
        db.execute(statement)


DRAFTS_LEAVE_ONCE = (
    "ALTER TABLE outbox ADD COLUMN draft INTEGER NOT NULL DEFAULT 0",
    "CREATE UNIQUE INDEX outbox_draft ON outbox(ticket_id, draft) WHERE draft <> 0 AND state <> 'recalled'",
)


@migrations()
def drafts_leave_once(db: Database) -> None:
    """The revision of the draft that a reply was written in: unless recalled, it is in the outbox at most once."""
    for statement in DRAFTS_LEAVE_ONCE:
        db.execute(statement)


@migrations()
def evidence_of_the_sort(db: Database) -> None:
    """The evidence in a message's headers for its sort."""
    db.execute("ALTER TABLE message ADD COLUMN signs TEXT NOT NULL DEFAULT '[]'")


PARTICIPANTS = (
    "ALTER TABLE message ADD COLUMN cc TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE outbox ADD COLUMN cc TEXT NOT NULL DEFAULT '[]'",
    """CREATE TABLE participant (ticket_id INTEGER NOT NULL REFERENCES ticket(id), address TEXT NOT NULL,
        standing TEXT NOT NULL, PRIMARY KEY (ticket_id, address)) STRICT, WITHOUT ROWID""",
)


@migrations()
def participants(db: Database) -> None:
    """Who is in Cc of a message and of a reply on its way out; what agents decided about them.

    Earlier messages keep none: whoever is in Cc of the next mail is new, and left out until an agent takes them in.
    """
    for statement in PARTICIPANTS:
        db.execute(statement)


TICKETS_MERGE = (
    "ALTER TABLE ticket ADD COLUMN merged_into INTEGER REFERENCES ticket(id)",
    "ALTER TABLE ticket ADD COLUMN merged_due INTEGER",
    "CREATE INDEX ticket_merged ON ticket(merged_into) WHERE merged_into IS NOT NULL",
    "ALTER TABLE message ADD COLUMN moved_from INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE message ADD COLUMN apart_to INTEGER NOT NULL DEFAULT 0",
)


@migrations()
def tickets_merge(db: Database) -> None:
    """Which ticket another was merged into, with its clock; where a moved message was before.

    `apart_to` is the newest message number when a message was moved: up to it, the others of its ticket had nothing to
    do with it.
    """
    for statement in TICKETS_MERGE:
        db.execute(statement)


@migrations()
def history(db: Database) -> None:
    """Messages from before the desk began to work on their mailbox; the figures and the clocks leave them out."""
    db.execute("ALTER TABLE message ADD COLUMN history INTEGER NOT NULL DEFAULT 0")


@migrations()
def proofs_of_arrival(db: Database) -> None:
    """What would prove that a reply in doubt arrived, and when it was looked for in the sent mail."""
    db.execute("ALTER TABLE outbox ADD COLUMN proofs TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE outbox ADD COLUMN looked_at INTEGER")


FORWARDS = (
    """CREATE TABLE forward (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        message INTEGER NOT NULL REFERENCES message(id), address TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
        withdrawn INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE INDEX forward_ticket ON forward(ticket_id)",
    "CREATE INDEX forward_message ON forward(message)",
    "CREATE INDEX forward_address ON forward(address)",
)


@migrations()
def forwards(db: Database) -> None:
    """Mails to third parties about a ticket."""
    for statement in FORWARDS:
        db.execute(statement)


FIGURES = (
    """CREATE INDEX message_reply ON message(ticket_id, received_at, from_name, from_address, macro)
        WHERE direction = 'out' AND kind IN ('mail', 'form', 'report') AND withdrawn = 0 AND history = 0""",
    """CREATE INDEX event_work ON event(at, actor, action, ticket_id)
        WHERE kind IN ('reply', 'note', 'change', 'step')""",
    """UPDATE ticket SET (touches, first_replied_at) = (SELECT count(*), min(received_at) FROM message
        WHERE ticket_id = ticket.id AND direction = 'out' AND kind IN ('mail', 'form', 'report') AND withdrawn = 0
            AND history = 0)""",
    # what a clock began with: what its first change found, or, if it never changed, what it is now
    """INSERT INTO event (action, ticket_id, at, actor, kind, detail)
        WITH first_change AS (
            SELECT ticket_id, clock.value AS clock, json_extract(detail, '$.changed.' || clock.value || '[0]') AS due,
                row_number() OVER (PARTITION BY ticket_id, clock.value ORDER BY at, event.id) AS place
            FROM event, json_each('["first_due", "resolve_due"]') clock
            WHERE json_type(detail, '$.changed.' || clock.value) IS NOT NULL)
        SELECT 0, t.id, t.created_at, 'clock', 'clocks', json_object('changed', json_object(
            'first_due', json_array(NULL, iif(a.ticket_id IS NULL, t.first_due, a.due)),
            'resolve_due', json_array(NULL, iif(b.ticket_id IS NULL, t.resolve_due, b.due))))
        FROM ticket t
        LEFT JOIN first_change a ON a.ticket_id = t.id AND a.place = 1 AND a.clock = 'first_due'
        LEFT JOIN first_change b ON b.ticket_id = t.id AND b.place = 1 AND b.clock = 'resolve_due'""",
)


@migrations()
def figures_have_one_source(db: Database) -> None:
    """Replies and work in indexes of their own; counts of replies by the messages; each ticket's first clocks."""
    for statement in FIGURES:
        db.execute(statement)


_SEARCH = """CREATE VIRTUAL TABLE {name} USING fts5({columns}, {more}
    tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'")"""
SEARCH = (
    _SEARCH.format(name="search_text", columns="text, who", more="content='', columnsize=0, prefix='3 4',"),
    _SEARCH.format(name="people_text", columns="who", more=""),
    "CREATE INDEX message_at ON message(received_at, ticket_id)",
    "CREATE INDEX message_file ON message(id, ticket_id) WHERE attachments <> '[]'",
    "CREATE INDEX message_of_file ON message(ticket_id) WHERE attachments <> '[]'",
    "CREATE INDEX ticket_of_status ON ticket(status, id)",
    "CREATE INDEX ticket_of_language ON ticket(language, id)",
    """INSERT INTO search_text (rowid, text, who) SELECT id, indexed(subject || char(10) || text || char(10) ||
        coalesce((SELECT group_concat(json_extract(value, '$.filename'), char(10)) FROM json_each(attachments)), '')),
        indexed(from_name || char(10) || from_address) FROM message""",
    """INSERT INTO people_text (rowid, who) SELECT id, person(name, coalesce((SELECT json_group_array(
        json_array(kind, value)) FROM identity WHERE customer_id = customer.id), '[]')) FROM customer""",
    "DROP TABLE message_text",
)


@migrations()
def search_finds_people_and_numbers(db: Database) -> None:
    """Text as it is looked for: folded, scripts without spaces sign by sign, numbers in one spelling; and people."""
    db.conn.create_function("indexed", 1, indexed, deterministic=True)
    db.conn.create_function("person", 2, lambda name, known: person(name, json.loads(known)), deterministic=True)
    for statement in SEARCH:
        db.execute(statement)


FORM_DRAFTS = """CREATE TABLE form_draft (id INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL,
    recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, files TEXT NOT NULL,
    updated_at INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT"""


@migrations()
def forms_keep_drafts(db: Database) -> None:
    """What is typed into the forms of forwards and of mails that open a ticket; ticket 0 for the latter."""
    db.execute(FORM_DRAFTS)


CHAIN = (
    "CREATE TABLE event_head (id INTEGER NOT NULL, link BLOB NOT NULL) STRICT",
    "INSERT INTO event_head VALUES (0, zeroblob(16))",
    "DROP TRIGGER event_is_kept",
    "ALTER TABLE event ADD COLUMN salt BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE event ADD COLUMN content BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE event ADD COLUMN link BLOB NOT NULL DEFAULT x''",
)
KEPT = (
    """CREATE TRIGGER event_is_kept BEFORE UPDATE ON event WHEN NOT (NEW.salt = x'' AND NEW.id = OLD.id
            AND NEW.action = OLD.action AND NEW.ticket_id = OLD.ticket_id AND NEW.at = OLD.at AND NEW.kind = OLD.kind
            AND NEW.content = OLD.content AND NEW.link = OLD.link)
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER event_stays BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
)


@migrations()
def events_are_chained(db: Database) -> None:
    """Each event sealed with its predecessor (`data.tables.event_chain`), and kept by trigger."""
    for statement in CHAIN:
        db.execute(statement)
    chain_all(db.conn)
    for statement in KEPT:
        db.execute(statement)


@migrations()
def legal_holds(db: Database) -> None:
    """Customers whose data must not be erased."""
    db.execute(
        """CREATE TABLE legal_hold (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer(id),
            reason TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, lifted_at INTEGER,
            lifted_by TEXT NOT NULL DEFAULT '') STRICT"""
    )
    db.execute("CREATE INDEX legal_hold_customer ON legal_hold(customer_id)")


LANES_ARE_FILTERS = (
    "ALTER TABLE lane ADD COLUMN definition TEXT NOT NULL DEFAULT '{}'",
    # until now this lane handled harm by its name
    """UPDATE lane SET definition = '{"harm": true, "order": "due"}' WHERE name = 'safety'""",
    """UPDATE lane SET definition = '{"order": "due"}' WHERE name <> 'safety'""",
    """CREATE INDEX ticket_turn ON ticket(lane, coalesce(severity, ''), priority, sort_due, id)
        WHERE status IN ('new', 'open')""",
    "CREATE INDEX ticket_oldest ON ticket(lane, id) WHERE status IN ('new', 'open')",
    "CREATE INDEX ticket_newest ON ticket(lane, -id) WHERE status IN ('new', 'open')",
)


@migrations()
def lanes_are_filters(db: Database) -> None:
    """What defines a lane besides its title and place; each lane's tickets by severity and priority, and by age."""
    for statement in LANES_ARE_FILTERS:
        db.execute(statement)


@migrations()
def harm_is_corrected(db: Database) -> None:
    """What agents said of the harm in single messages."""
    db.execute(
        """CREATE TABLE harm_correction (
            message_id INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE, kind TEXT NOT NULL) STRICT"""
    )


@migrations()
def tickets_are_shared(db: Database) -> None:
    """Tickets of this desk that a team has too, and under which numbers it has their messages."""
    db.execute(
        """CREATE TABLE shared_ticket (connector TEXT NOT NULL, ref TEXT NOT NULL,
            ticket_id INTEGER NOT NULL REFERENCES ticket(id), PRIMARY KEY (connector, ref),
            UNIQUE (connector, ticket_id)) STRICT"""
    )
    db.execute(
        """CREATE TABLE shared_message (connector TEXT NOT NULL, number INTEGER NOT NULL,
            message_id INTEGER NOT NULL REFERENCES message(id), post TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (connector, number), UNIQUE (connector, message_id)) STRICT"""
    )


PERIODS = (
    "CREATE INDEX event_at ON event(at, kind, ticket_id)",
    "CREATE INDEX action_undone ON action(id) WHERE state IN ('undone', 'dropped')",
    "CREATE INDEX action_partly_undone ON action(id) WHERE state = 'partly undone'",
)


@migrations()
def periods_are_found(db: Database) -> None:
    """The events of a period, by time, and the actions that were undone: what a report reads is what happened in it."""
    for statement in PERIODS:
        db.execute(statement)


FIELDS = (
    "ALTER TABLE ticket ADD COLUMN fields TEXT NOT NULL DEFAULT '{}'",
    """CREATE TABLE ticket_field (ticket_id INTEGER NOT NULL REFERENCES ticket(id), name TEXT NOT NULL,
        value TEXT NOT NULL, PRIMARY KEY (ticket_id, name)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ticket_field_value ON ticket_field(name, value, ticket_id)",
)


@migrations()
def tickets_have_custom_fields(db: Database) -> None:
    """The values of each ticket's custom fields, and the same in lower case for the search."""
    for statement in FIELDS:
        db.execute(statement)


@migrations()
def notes_mention_agents(db: Database) -> None:
    """Whom notes mention, after which event, and when they have seen it."""
    db.execute(
        """CREATE TABLE mention (name TEXT NOT NULL,
            message_id INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE, after_event INTEGER NOT NULL,
            seen_at INTEGER, PRIMARY KEY (name, message_id)) STRICT, WITHOUT ROWID"""
    )


HOOKS = (
    """CREATE TABLE hook (name TEXT PRIMARY KEY, target TEXT NOT NULL, event INTEGER NOT NULL,
        began_at INTEGER NOT NULL, looked_at INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
        paused_until INTEGER NOT NULL DEFAULT 0,
        off TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '', result_at INTEGER) STRICT, WITHOUT ROWID""",
    """CREATE TABLE hook_delivery (id INTEGER PRIMARY KEY, hook TEXT NOT NULL,
        ticket_id INTEGER NOT NULL REFERENCES ticket(id), webhook_id TEXT NOT NULL, type TEXT NOT NULL,
        event INTEGER NOT NULL, at INTEGER NOT NULL, facts TEXT NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, leased_until INTEGER NOT NULL DEFAULT 0, tried_at INTEGER,
        result TEXT NOT NULL DEFAULT '', UNIQUE (hook, webhook_id)) STRICT""",
    "CREATE INDEX hook_delivery_waiting ON hook_delivery(hook, due_at) WHERE state = 'waiting'",
    "CREATE INDEX hook_delivery_ticket ON hook_delivery(ticket_id, hook, id)",
    "CREATE INDEX ticket_due ON ticket(sort_due) WHERE sort_due < 9007199254740992",
)


@migrations()
def events_reach_hooks(db: Database) -> None:
    """Up to which event each hook has come, what it has to be told, and what became of that."""
    for statement in HOOKS:
        db.execute(statement)


PROGRAMS = (
    "ALTER TABLE draft ADD COLUMN proposed INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE answered_request (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, asked BLOB NOT NULL,
        ticket_id INTEGER NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL) STRICT""",
    "CREATE INDEX answered_request_at ON answered_request(at)",
)


@migrations()
def programs_work_on_the_desk(db: Database) -> None:
    """Which drafts an assistant wrote; requests of programs that were carried out, so that none is done twice."""
    for statement in PROGRAMS:
        db.execute(statement)


@migrations()
def tickets_are_handed_over(db: Database) -> None:
    """Notes by which agents hand tickets over to each other, and the notes that answer them."""
    db.execute(
        """CREATE TABLE handover (message_id INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
            author TEXT NOT NULL, addressee TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
            answer_id INTEGER REFERENCES message(id) ON DELETE SET NULL) STRICT"""
    )
    db.execute("CREATE INDEX handover_open ON handover(name) WHERE state = 'open'")
    db.execute("CREATE INDEX handover_answer ON handover(answer_id) WHERE answer_id IS NOT NULL")
