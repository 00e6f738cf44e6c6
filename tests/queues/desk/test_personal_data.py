"""Erasing a person: 0 canaries anywhere; what others wrote stays; who and why is recorded; holds and retention."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import RuleError
from data.personal.places import PLACES
from data.records.changes import Change
from data.records.customers import Identity
from data.records.escalations import Escalation
from data.records.forwards import Forward
from data.records.incoming import Incoming
from data.records.messages import Attachment, FormDraft, MessageKind
from data.records.outbox import OutboxEntry
from data.records.promises import Promise
from data.records.tickets import Status
from data.store import Store
from queues.desk import erasure
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.desk.erasure import RetentionRule
from queues.ground.teams import Team
from queues.outgoing.outbox import deliver_due
from queues.procedures.procedure import load_text
from queues.routing.rules import Rules
from tests.database import content, database

START = 1_800_000_000
PROCEDURE = load_text(
    'id = "lock"\nversion = 1\neffective = 2026-01-01\n[[step]]\nid = "identity"\nkind = "ask"\ntext = "Who?"\n'
)
RULES = DeskRules(
    routing=Rules(()),
    teams=(Team("Security", "security@desk.example"),),
    procedures={"lock": PROCEDURE},
    undo_seconds=0,
)
NAME = "Zoraida Quintanilla"
ADDRESS = "zquintanilla@kestrel.example"
CANARIES = (
    "Zoraida", "Quintanilla", "zquintanilla", "kestrel", "wombatsubject", "ibexbody", "narwhalfile", "okapidraft",
    "narwhalform",
    "lemurnote", "marmotreply", "puffinreason", "dugongref", "tapirpromise", "quokkastep", "gaurcomment",
    "serowreview", "axolotlforward", "caracalskip", "pangolinhandle", "vicunahtml",
)  # fmt: skip


class Clock:
    now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


class Post:
    def send(self, entry: OutboxEntry) -> None:
        pass

    def was_delivered(self, entry: OutboxEntry) -> bool | None:
        return None


def mail(number: int, **changes: Any) -> Incoming:
    plain = Incoming(
        connector="post", source="test", raw_sha256=f"{number}", kind=MessageKind.MAIL, from_name=f"Ana {number}",
        from_address=f"ana{number}@x.example", subject=f"Subject {number}", text="Hola", new_text="Hola", at=START,
        message_id=f"<{number}@x>", language="es", confidence=0.99,
    )  # fmt: skip
    return replace(plain, **changes)


@pytest.fixture
def desk(tmp_path: Path, file_kind: str) -> Iterator[Desk]:
    """Two people's desk; of one of them, every table holds something."""
    with closing(Store.open(tmp_path / "desk.db")) as store:
        desk = Desk(store, clock=Clock(), rules=RULES, agent="eva")
        with store.write():
            raw = store.messages.keep_raw(
                f"From: {NAME} <{ADDRESS}>\r\nSubject: wombatsubject\r\n\r\n<b>vicunahtml</b> ibexbody".encode(), "x", 1
            )
            other = store.messages.keep_raw(f"Cc: {ADDRESS}\r\n\r\nHola".encode(), "x", 1)
        theirs = mail(
            1, raw_sha256=raw, from_name=NAME, from_address=ADDRESS, subject="wombatsubject",
            text=f"ibexbody {NAME}", new_text="ibexbody", message_id="<a@laptop.kestrel.example>",
            attachments=(Attachment("narwhalfile.pdf", "application/pdf", 5, "aa", 0),),
        )  # fmt: skip
        mentions = mail(
            2, raw_sha256=other, text=f"Ask {ADDRESS.upper()} or {NAME}", new_text="Ask", cc=(ADDRESS,), to=(ADDRESS,)
        )
        filed = desk.receive([theirs, mentions, mail(3)])
        one, two = filed[0].ticket_id, filed[1].ticket_id
        with store.write():
            customer = store.tickets.get(one)
            assert customer is not None
            store.customers.add_identities(customer.customer_id, [Identity("handle", "pangolinhandle", 1)])
        desk.act([one], Change(note=f"lemurnote about {NAME}"))
        desk.act([one], Change(escalate=Escalation("Security", "puffinreason", "dugongref")))
        desk.act([one], Change(forward=Forward("courier@axolotlforward.example", "Look at axolotlforward")))
        desk.act([one], Change(promise=Promise("tapirpromise", START + 9_000)))
        desk.act([one], Change(procedure="lock"))
        desk.take_step(one, "identity", "quokkastep")
        desk.skip(one, "caracalskip")
        desk.act([one], Change(reply=f"Dear {NAME}, marmotreply", status=Status.SOLVED, override_reason="caracalskip"))
        desk.act([two], Change(note=f"See also {ADDRESS}"))
        deliver_due(store, {"post": Post()}, START + 1_000)
        desk.save_draft(one, "okapidraft", revision=0)
        desk.save_form_draft(FormDraft(one, "courier@x.example", "narwhalform", "narwhalform"))
        desk.save_form_draft(FormDraft(0, ADDRESS, "narwhalform", f"Dear {NAME}, narwhalform"))
        desk.save_form_draft(FormDraft(0, "other@x.example", "Hello", "stays"))
        reply = next(message for message in store.messages.of(one) if message.direction == "out")
        db = database(store)
        with store.write():
            db.execute(
                "INSERT INTO csat (ticket_id, at, score, scale, value, via, comment, agent, macro, source, state) "
                "VALUES (?, 1, 1, 5, 1, 'form', 'gaurcomment', 'eva', '', ?, 'given')", [one, ADDRESS],
            )  # fmt: skip
            db.execute(
                "INSERT INTO review (ticket_id, message_id, agent, reviewer, scorecard, percent, failed, comment, at, "
                "state) VALUES (?, ?, 'eva', 'bo', 'x', 1, '[]', 'serowreview', 1, 'given')", [one, reply.id],
            )  # fmt: skip
            db.execute("INSERT INTO review_mark VALUES (1, 0, 'x', 1, 1, 'serowreview')")
            db.execute(
                "INSERT INTO review_answer (review_id, at, actor, kind, text, state) "
                "VALUES (1, 1, 'eva', 'x', 'serowreview', 'x')"
            )
            store.settings.save(f"review draft {reply.id} bo", {"comment": "serowreview"})
            store.settings.save("other", {"about": ADDRESS})
        yield desk


def held(folder: Path) -> set[str]:
    """Return the canaries that any file holds."""
    all_of_it = b"".join(content(file).lower() for file in folder.rglob("*") if file.is_file())
    return {canary for canary in CANARIES if canary.lower().encode() in all_of_it}


def terms(desk: Desk) -> set[str]:
    """Return the canaries that the full text still knows, which stores its words shortened."""
    db = database(desk.store)
    known: set[str] = set()
    for index in ("search_text", "people_text"):
        db.execute(f"CREATE VIRTUAL TABLE temp.{index}_words USING fts5vocab(main, {index}, row)")
        known |= {row[0] for row in db.execute(f"SELECT term FROM temp.{index}_words").fetchall()}
        db.execute(f"DROP TABLE temp.{index}_words")
    return {canary for canary in CANARIES if any(canary.lower()[:4] in word for word in known)}


def test_every_column_of_the_file_is_classified(desk: Desk) -> None:
    db = database(desk.store)
    tables = {
        row[0]
        for row in db.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE '%sqlite%'"
        ).fetchall()
    }
    assert tables == PLACES.keys()
    for table, place in PLACES.items():
        columns = {row[0] for row in db.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()}
        plain = set(place.plain.split())
        assert columns == plain | place.blank.keys(), table
        assert not plain & place.blank.keys(), table
        assert set(place.free_text.split()) <= columns, table


def test_erasing_leaves_no_canary_anywhere(desk: Desk, tmp_path: Path) -> None:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert held(tmp_path) == set(CANARIES)
    assert terms(desk)
    done = desk.erase(ticket.customer_id, "asked on 29 November")
    assert done.tickets == (1,)
    assert terms(desk) <= {"Zoraida", "Quintanilla"}
    # another customer's own words name the person; they are reported, not changed
    assert done.names_elsewhere == (2,)
    assert held(tmp_path) <= {"Zoraida", "Quintanilla"}
    assert [draft.text for draft in desk.store.form_drafts.all()] == ["stays"]
    assert desk.store.check() == []
    assert database(desk.store).execute("PRAGMA foreign_key_check").fetchall() == []
    assert desk.store.events.verify().breaks == ()
    assert desk.store.events.verify().redacted >= 5


def test_without_a_mention_by_name_nothing_at_all_is_left(desk: Desk, tmp_path: Path) -> None:
    two = desk.store.tickets.get(2)
    one = desk.store.tickets.get(1)
    assert one is not None
    assert two is not None
    desk.erase(two.customer_id, "asked")
    desk.erase(one.customer_id, "asked")
    assert (held(tmp_path), terms(desk)) == (set(), set())


def test_others_keep_what_is_theirs(desk: Desk) -> None:
    desk.erase(1, "asked")
    two, three = desk.store.messages.of(2), desk.store.messages.of(3)
    assert two[0].text == f"Ask (erased) or {NAME}"
    assert two[0].from_address == "ana2@x.example"
    assert two[1].text == "See also (erased)"
    assert three[0].text == "Hola"
    assert [hit.ticket_id for hit in desk.store.search("ana3")] == [3]
    assert {hit.ticket_id for hit in desk.store.search("erased")} == {2}
    assert desk.store.settings.get("other") == {"about": "(erased)"}


def test_figures_stay(desk: Desk) -> None:
    before = desk.store.tickets.get(1)
    assert before is not None
    replies = desk.store.messages.count_replies(1)
    desk.erase(1, "asked")
    after = desk.store.tickets.get(1)
    assert after is not None
    assert (after.status, after.touches, after.first_replied_at) == (
        before.status,
        before.touches,
        before.first_replied_at,
    )
    assert desk.store.messages.count_replies(1) == replies
    assert after.subject == "(erased)"
    events = desk.store.events.of(1)
    assert (events[-1].kind, events[-1].actor, events[-1].detail["reason"]) == ("erased", "eva", "asked")


def test_a_dry_run_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    before = database(desk.store).execute("SELECT * FROM message").fetchall()
    planned = desk.to_erase(1)
    assert (planned.tickets, planned.messages) == ((1,), len(desk.store.messages.of(1)))
    assert database(desk.store).execute("SELECT * FROM message").fetchall() == before


def test_a_mail_that_is_fetched_again_does_not_bring_the_person_back(desk: Desk, tmp_path: Path) -> None:
    raw = desk.store.messages.get(1)
    assert raw is not None
    original = desk.store.messages.raw(raw.raw_sha256)
    assert original is not None
    desk.erase(1, "asked")
    with desk.store.write():
        desk.store.messages.keep_raw(original, "again", 5)
    desk.receive([mail(1, raw_sha256=raw.raw_sha256, from_name=NAME, from_address=ADDRESS, text="ibexbody")])
    assert "ibexbody" not in held(tmp_path)


def test_it_is_refused_without_a_reason_under_a_hold_and_while_a_reply_waits(desk: Desk) -> None:
    with pytest.raises(RuleError, match="give one with --reason"):
        desk.erase(1, " ")
    with pytest.raises(RuleError, match="no customer 99"):
        desk.erase(99, "asked")
    desk.hold_legally(1, "court order 7")
    for forbidden in (lambda: desk.erase(1, "asked"), lambda: desk.to_erase(1), lambda: desk.hold_legally(1, "again")):
        with pytest.raises(RuleError, match="must be kept \\(court order 7, eva\\)"):
            forbidden()
    desk.lift_hold(1)
    with pytest.raises(RuleError, match="no legal hold"):
        desk.lift_hold(1)
    desk.act([1], Change(reply="One more"))
    with pytest.raises(RuleError, match="1 reply of customer 1 did not leave yet"):
        desk.erase(1, "asked")
    kinds = [event.kind for event in desk.store.events.each() if event.ticket_id == 0]
    assert kinds[-2:] == ["legal hold", "legal hold lifted"]


def test_the_undo_of_an_erased_ticket_is_gone(desk: Desk) -> None:
    desk.erase(1, "asked")
    action = desk.store.actions.to_undo("eva")
    assert action is not None
    assert all(step["ticket"] == 2 for step in action.steps)


def test_everything_that_is_kept_about_a_person_is_collected(desk: Desk) -> None:
    rows = list(desk.store.personal.rows(desk.store.personal.of_customer(1)))
    text = repr(rows)
    assert [canary for canary in CANARIES if canary not in text] == []
    assert {"customer", "identity", "ticket", "message", "raw", "draft", "outbox", "event", "csat"} <= {
        table for table, _ in rows
    }


def test_retention_takes_what_is_old_and_done_by_lane_and_kind(desk: Desk) -> None:
    clock = START
    for number, kind in ((1, MessageKind.MAIL), (2, MessageKind.SPAM)):
        desk.receive([mail(10 + number, kind=kind)])
    rules = (RetentionRule(10, kind="spam"), RetentionRule(30, lane="mail"))
    now = clock + 20 * erasure.DAY
    (_, spam), (_, old) = erasure.expired(desk.store, rules, now)
    assert (spam, old) == ([5], [])
    desk.hold_legally(1, "court")
    now = clock + 40 * erasure.DAY
    assert [tickets for _, tickets in erasure.expired(desk.store, rules, now)] == [[5], []]
    desk.lift_hold(1)
    assert [tickets for _, tickets in erasure.expired(desk.store, rules, now)] == [[5], [1]]
    assert erasure.expire(desk.store, rules, now, "eva") == 2
    assert [tickets for _, tickets in erasure.expired(desk.store, rules, now)] == [[], []]
    assert desk.store.messages.of(1)[0].text == "(erased)"
    assert desk.store.messages.of(2)[0].text.startswith("Ask")
    assert desk.store.events.verify().breaks == ()
    customer = desk.store.customers.get(1)
    assert customer is not None
    assert customer.name == NAME
