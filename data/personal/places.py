"""Every table and column of the file: whose its rows are, and what erasing does to them.

`:tickets` and `:messages` are JSON lists of numbers, `:customer` is a number. A test holds this to the file's schema,
so that a new column cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ERASED = "(erased)"
"""What stands where something was erased."""
_TICKETS = "ticket_id IN (SELECT value FROM json_each(:tickets))"
_REVIEWS = f"review_id IN (SELECT id FROM review WHERE {_TICKETS})"


@dataclass(frozen=True, slots=True)
class Place:
    """One table."""

    owner: str = ""
    """The condition for a person's rows; empty where rows belong to no customer."""
    blank: Mapping[str, str] = field(default_factory=dict)
    """What erasing writes into columns, as SQL."""
    plain: str = ""
    """Columns that erasing leaves: numbers, times, states, and names of ours."""
    delete: bool = False
    """Erasing deletes the rows."""
    free_text: str = ""
    """Columns of rows that belong to others, in which a person may be mentioned: their addresses are replaced there."""


PLACES: Mapping[str, Place] = {
    "customer": Place(
        "id = :customer",
        {"name": f"'{ERASED}'", "language": "'und'", "register": "''", "region": "''", "tier": "'standard'"},
        "id created_at",
    ),
    "identity": Place("customer_id = :customer", plain="kind value customer_id since", delete=True),
    "ticket": Place(
        "id IN (SELECT value FROM json_each(:tickets))",
        {"subject": f"'{ERASED}'", "fields": "'{}'"},
        "id lane status priority customer_id created_at updated_at version severity language confidence "
        "language_source assignee connector external_ref reason topic procedure first_due next_due resolve_due "
        "snoozed_until first_replied_at solved_at touches reopens tags sort_due waits merged_into merged_due",
        free_text="subject fields",
    ),
    "message": Place(
        "id IN (SELECT value FROM json_each(:messages))",
        {
            "from_name": "iif(direction = 'in', '', from_name)",
            "from_address": "iif(direction = 'in', '', from_address)",
            "subject": f"'{ERASED}'",
            "text": f"'{ERASED}'",
            "new_text": f"'{ERASED}'",
            "message_id": "''",
            "reply_to": "''",
            "attachments": "'[]'",
            "mixed": "''",
            "recipients": "'[]'",
            "signs": "'[]'",
            "cc": "'[]'",
        },
        "id ticket_id direction kind at received_at language confidence raw_sha256 content_hash readable macro "
        "withdrawn named_lane procedure moved_from apart_to history",
        free_text="from_name from_address subject text new_text reply_to recipients cc signs attachments message_id",
    ),
    "answered_request": Place(
        # its answer sums up an action, which may be one on several tickets
        f"""({_TICKETS}) OR EXISTS (SELECT 1 FROM json_each(answer, '$.tickets') AS about
            WHERE about.value IN (SELECT value FROM json_each(:tickets)))""",
        plain="id name asked ticket_id answer at", delete=True, free_text="answer",
    ),
    "harm_correction": Place(
        "message_id IN (SELECT value FROM json_each(:messages))", plain="message_id kind", delete=True
    ),
    "raw": Place(
        "sha256 IN (SELECT raw_sha256 FROM message WHERE id IN (SELECT value FROM json_each(:messages)))",
        {"source": "''", "bytes": "x''"},
        "sha256 kept_at filed",
        free_text="source",
    ),
    "reference": Place(_TICKETS, plain="value ticket_id", delete=True, free_text="value"),
    "draft": Place(
        _TICKETS, plain="ticket_id kind text revision updated_at macro language actions proposed", delete=True,
        free_text="text actions",
    ),
    "form_draft": Place(
        # a mail that opens a ticket has none yet: it is the person's by its recipient
        f"""({_TICKETS}) OR (ticket_id = 0 AND EXISTS (SELECT 1 FROM json_each(:identities)
            WHERE length(value) > 4 AND instr(lower(recipient), value)))""",
        plain="id ticket_id recipient subject text files updated_at revision", delete=True,
        free_text="recipient subject text",
    ),
    "outbox": Place(
        _TICKETS,
        plain="id ticket_id action connector state message_id recipient raw due_at attempts reason sent_at copied "
        "cleared draft cc proofs looked_at",
        delete=True, free_text="recipient cc reason",
    ),
    "forward": Place(
        _TICKETS, plain="id ticket_id message address message_id withdrawn", delete=True, free_text="address"
    ),
    "participant": Place(_TICKETS, plain="ticket_id address standing", delete=True),
    "escalation": Place(
        _TICKETS, {"reason": "''", "reference": "''"},
        "id ticket_id team due_at state opened_at opened_by address message_id settled_at told",
        free_text="reason reference",
    ),
    "promise": Place(
        _TICKETS, {"text": "''"}, "id ticket_id due_at state made_at made_by message_id settled_at", free_text="text"
    ),
    "step": Place(_TICKETS, plain="ticket_id procedure step value at actor", delete=True, free_text="value"),
    "problem_link": Place(_TICKETS, plain="ticket_id problem_id"),
    "problem": Place(plain="id title state opened_at opened_by", free_text="title"),
    "csat_question": Place(_TICKETS, plain="id token ticket_id message_id at agent macro state"),
    "csat": Place(
        _TICKETS, {"comment": "''", "source": "'erased ' || id"},
        "id ticket_id at score scale value via agent macro question_id message_id state", free_text="comment source",
    ),
    "imported": Place(_TICKETS, {"extra": "'{}'"}, "ticket_id tool ref record messages", free_text="extra"),
    "remote_mail": Place(
        _TICKETS, plain="connector mailbox uidvalidity uid sha256 arrived_at flags modseq ticket_id gone"
    ),
    "shared_ticket": Place(_TICKETS, plain="connector ref ticket_id"),
    "shared_message": Place(
        "message_id IN (SELECT value FROM json_each(:messages))", plain="connector number message_id post"
    ),
    "mention": Place(
        "message_id IN (SELECT value FROM json_each(:messages))", plain="name message_id after_event seen_at",
        delete=True,
    ),
    "hook": Place(plain="name target event began_at looked_at failures paused_until off result result_at"),
    "hook_delivery": Place(
        _TICKETS, {"facts": "'{}'", "result": "''"},
        "id hook ticket_id webhook_id type event at state due_at attempts leased_until tried_at",
        free_text="facts result",
    ),
    "handover": Place(
        "message_id IN (SELECT value FROM json_each(:messages))",
        plain="message_id author addressee name state answer_id",
    ),
    "effort": Place(_TICKETS, plain="ticket_id agent at keys letters seconds"),
    "event": Place(
        _TICKETS, {"detail": "redacted one by one"}, "id action ticket_id at actor kind salt content link"
    ),
    "action": Place(
        f"id IN (SELECT action FROM event WHERE {_TICKETS} AND action <> 0)",
        {"summary": f"'{ERASED}'", "steps": "'[]'"}, "id at actor state", free_text="summary steps",
    ),
    "review": Place(
        _TICKETS, {"comment": "''"},
        "id ticket_id message_id agent reviewer scorecard percent failed at state revises calibration seen_at",
        free_text="comment",
    ),
    "review_mark": Place(_REVIEWS, {"comment": "''"}, "review_id place criterion points best", free_text="comment"),
    "review_answer": Place(_REVIEWS, {"text": "''"}, "id review_id at actor kind state", free_text="text"),
    "calibration": Place(_TICKETS, plain="id ticket_id message_id scorecard reviewers at actor state"),
    "sample": Place(plain="id at actor mode seed state"),
    "sample_item": Place(_TICKETS, plain="sample_id place message_id ticket_id agent why"),
    "legal_hold": Place(
        "customer_id = :customer", plain="id customer_id reason at actor lifted_at lifted_by", free_text="reason"
    ),
    "shift": Place(plain="id agent began_at since_event ended_at note", free_text="note"),
    "setting": Place(
        "key GLOB 'review draft [0-9]*' AND "
        "CAST(substr(key, 14) AS INTEGER) IN (SELECT value FROM json_each(:messages))",
        plain="key value", delete=True, free_text="value",
    ),
    "lane": Place(plain="name title position definition"),
    "lane_count": Place(plain="lane status n"),
    "ticket_tag": Place(plain="lane tag place"),
    "ticket_field": Place(_TICKETS, plain="ticket_id name value", delete=True, free_text="value"),
    "wording": Place(plain="hash text"),
    "known_wording": Place(plain="agent kind name hash at"),
    "event_head": Place(plain="id link"),
}  # fmt: skip

_SAFE = """assignee clock connector first_due from_lane into kind lane language language_source macro merged_into moved
    next_due outbox priority procedure resolve_due severity snoozed_until state status step team topic version via was
    wish first_replied_at solved_at action actions escalation promise rank first done taken"""
SAFE_KEYS = frozenset(_SAFE.split())
"""Keys of an event's detail whose text names things of ours; the text under any other key is erased."""
