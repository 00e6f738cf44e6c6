"""Every key of every `--json` output, and docs/json.md made of them: `make reference`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "json.md"

_TIME = "time, ISO 8601 in UTC"
TICKET = {
    "id": "number of the ticket",
    "lane": "its lane; empty for none",
    "status": "new, open, pending, on hold, snoozed, solved, closed, suspended",
    "priority": "low, normal, high, urgent",
    "severity": "S0 (a life at risk) to S4; null for no harm",
    "language": "the customer's language, ISO 639-1, or `und`",
    "language_source": "who says so: a person, or a guess",
    "register": "how Spanish addresses the customer: `tu`, `vos`, `usted`; empty if unknown",
    "region": "locale such as es-MX; empty if unknown",
    "assignee": "agent; empty for no one",
    "tags": "list of tags",
    "fields": "object: values of custom fields by name",
    "subject": "subject",
    "customer": "the customer's name",
    "created": _TIME,
    "updated": _TIME,
    "first_due": "when the first reply is due, or null",
    "next_due": "when the next reply is due, or null",
    "resolve_due": "when it is to be solved, or null",
}
ACTION = {
    "action": "number of the action, for `undo --action`; null if nothing was to do",
    "summary": "what was done, in words",
    "tickets": "list of ticket numbers",
    "leaves": "when what it sends leaves, or null",
    "undone": "true if the action was undone by this",
}
ESCALATION = {
    "escalation": "its label, such as E-3",
    "ticket": "number of the ticket",
    "team": "team",
    "state": "open, answered, returned, closed",
    "reason": "why",
    "reference": "the team's own number",
    "opened": _TIME,
    "opened_by": "agent",
    "due": "when an answer is due, or null",
    "overdue": "true or false",
    "answered": "when it was settled, or null",
    "mailed_to": "address that was informed; empty for none",
}
RATING = {
    "rating": "number of the rating",
    "ticket": "number of the ticket",
    "at": _TIME,
    "value": "1 to 5",
    "score": "as it was given",
    "scale": "the most that could be given",
    "via": "how it came in",
    "state": "standing, removed or replaced",
    "comment": "the customer's words",
    "agent": "whose reply was rated",
    "macro": "macro of that reply; empty for none",
}
FILE = {
    "number": "number for --save",
    "ticket": "number of the ticket",
    "message": "number of the message",
    "direction": "in, out, note",
    "date": _TIME,
    "filename": "name",
    "content_type": "declared type",
    "size": "bytes",
    "sha256": "hash of the bytes",
    "inline": "true for pictures inside the text",
    "warnings": "list of what is doubtful about it",
}
CHECKED = {
    "file": "file",
    "accepted": "true or false",
    "line": "line of the problem, or null",
    "reason": "what is wrong",
}
MACRO = {
    "name": "name",
    "title": "object: title by language",
    "key": "digit or letter; empty for none",
    "topics": "list",
    "tags": "list",
    "languages": "list of the languages that it has",
}
CONFIG_CHECK = {
    "check": "what was looked at",
    "ok": "true or false",
    "detail": "what was seen",
    "mend": "the command that mends it; empty if all is well",
}
PROBLEM = {
    "problem": "label, such as P-1",
    "title": "title",
    "state": "open or solved",
    "opened": _TIME,
    "opened_by": "agent",
    "tickets": "how many tickets are linked",
    "waiting": "how many of them wait for it",
}
PROMISE = {
    "id": "number",
    "ticket": "number of the ticket",
    "text": "the words",
    "due": _TIME,
    "state": "open, kept, broken, dropped",
    "made": _TIME,
    "by": "agent",
    "settled": "when it was kept or dropped, or null",
}
REVIEW = {
    "review": "label or number",
    "reply": "number of the reply",
    "ticket": "number of the ticket",
    "agent": "whose reply it is",
    "reviewer": "who reviewed it",
    "card": "scorecard",
    "percent": "score, 0 to 100",
    "failed": "true if a criterion failed it as a whole",
    "comment": "the reviewer's words",
    "at": _TIME,
    "seen": "when the agent read it, or null",
    "stand": "given, accepted, disputed, upheld, revised",
    "revises": "number of the review that it replaces, or null",
}
MOVES = {
    "looked_at": "how many open tickets",
    "moves": "how many belong elsewhere",
    "by_hand": "how many keep what an agent has set",
    "groups": "list of {change, tickets}",
    "examples": "list of a few moves",
    "moved": "how many were moved",
    "action": "number of the action, or null",
}
SHIFT = {"agent": "agent", "began": _TIME, "ended": "time, or null", "note": "hand-over in words"}
_FIGURE = "object: value (null without values) and count"
FIGURES = {
    "agent": "agent",
    "since": _TIME,
    "until": _TIME,
    "seconds": "length of the shift",
    "solved_an_hour": _FIGURE,
    "handle_time": _FIGURE,
    "first_reply": _FIGURE,
    "one_touch": _FIGURE,
    "reopened": _FIGURE,
    "clocks_kept": _FIGURE,
    "keys_a_ticket": _FIGURE,
    "graphic": _FIGURE,
    "passed_over": _FIGURE,
    "out_of_turn": _FIGURE,
    "ticket": "with --behind: number of the ticket",
    "figure": "with --behind: figure",
    "value": "with --behind: its value of this ticket",
}
STEP = {
    "step": "id",
    "kind": "check, ask, choose, escalate",
    "gate": "true if it has to come first",
    "guards_words": "list of words that may not be written before",
    "choices": "list",
    "evidence": "what to note",
    "team": "team of an escalation",
    "watched": "true if the desk itself sees whether it is done",
    "text": "what to do",
    "done": "true or false",
    "answer": "what was answered, or null",
    "by": "agent",
    "at": "time, or null",
}
COPY = {"backup": "file", "at": _TIME, "kind": "automatic, by hand, before a change", "bytes": "size"}
CRYPT = {"desk": "file", "encrypted": "true or false", "other_backups": "list of backups that are not"}

KEYS: Mapping[str, Mapping[str, str]] = {
    "access": {
        "kept_in": "the table it is kept in",
        "*": "the columns of that table; every object has other keys",
    },
    "account kinds": {
        "kind": "as `--kind` and the settings take it",
        "title": "name of the system",
        "can": "list of what its connector can do",
        "tried": "what it was tried against; empty: by its documentation only",
        "package": "the package that it comes from; empty: the desk's own",
    },
    "account list": {
        "name": "name",
        "address": "of a mail account",
        "imap": "of a mail account: server",
        "smtp": "of a mail account: server",
        "auth": "of a mail account: how it logs in",
        "kind": "of a ticketing system, as `account kinds` lists it",
        "url": "of a ticketing system: address",
        "queues": "of a ticketing system: object, lane by queue",
        "secret": "where the password or token is, never the secret",
        "lane": "of a mail account: lane",
        "from": "since when mail is taken, in words",
    },
    "account test": {"account": "name", "ok": "true or false", "detail": "what the servers said"},
    "backup": COPY,
    "clocks": {
        "policy": "name",
        "first_reply_seconds": "target, or null",
        "next_reply_seconds": "target, or null",
        "resolution_seconds": "target, or null",
        "calendar": "calendar",
        "statutory": "true or false",
        "lanes": "list",
        "priorities": "list",
        "severities": "list",
        "languages": "list",
        "tiers": "list",
        "topics": "list",
        "tickets": "with --again: how many open tickets were looked at",
        "changed": "with --again: how many clocks move",
        "late_before": "with --again",
        "late_after": "with --again",
        "dry_run": "with --again: true if nothing was changed",
    },
    "coach": {
        "agent": "agent",
        "days": "days that were looked at",
        "tickets": "solved tickets",
        "keys": "keys per ticket, or null",
        "letters": "letters typed per ticket, or null",
        "seconds": "seconds per ticket, or null",
        "before": "object: the same of the days before",
        "macro": "macro that was saved, or that an advice is about",
        "advice": "number, for --save",
        "kind": "what is proposed",
        "language": "language",
        "times": "how often the text was written",
        "text": "the text",
        "line": "line of the macro",
        "old": "the macro's words",
        "new": "the words that are written instead",
        "changed": "how often",
        "uses": "of how many",
    },
    "config check": CONFIG_CHECK,
    "config explain": {
        "setting": "name",
        "value": "its value",
        "source": "`default`, file and line, or variable",
        "line": "line of config.toml, or null",
        "type": "with NAME: its type in words",
        "default": "with NAME: as TOML",
        "required": "with NAME: true or false",
        "example": "with NAME: a line of config.toml",
        "table": "with NAME: header of its table; empty for none",
        "since": "with NAME: version",
        "description": "with NAME: what it does",
        "written": "with NAME: list of {setting, value, line} where there may be several",
    },
    "csat import": {
        "taken": "answers that were taken",
        "known": "answers that were there already",
        "refused": "lines that were not understood",
        "reopened": "with --reopen: tickets",
    },
    "csat list": RATING | {"lane": "of the ticket", "language": "of the ticket", "topic": "of the ticket"},
    "demo": {
        "tickets": "how many",
        "lanes": "object: waiting tickets by lane",
        "seed": "seed",
        "seconds": "how long it took",
    },
    "detect": {
        "language": "ISO 639-1, or `und`",
        "confidence": "0 to 1",
        "mixed": "list of other languages in the text",
        "*": "the other keys of the line that was read",
    },
    "decrypt": CRYPT,
    "doctor": CONFIG_CHECK,
    "encrypt": CRYPT,
    "erase": {
        "*": "what there is of the person, by place",
        "erased": "true if it was erased",
        "rows": "rows that were erased",
        "backups_removed": "list of backups that held it",
    },
    "escalations": ESCALATION,
    "export events": {
        "id": "number",
        "action": "number of the action",
        "ticket": "number of the ticket, or null",
        "at": _TIME,
        "actor": "agent or part of the program",
        "kind": "kind of event",
        "detail": "object: what changed",
    },
    "export messages": {
        "ticket": "number of the ticket",
        "message_id": "Message-ID",
        "thread": "the same as ticket",
        "direction": "in, out, note",
        "kind": "mail, auto, spam, … or note",
        "subject": "subject",
        "from_name": "name",
        "from_addr": "address",
        "reply_to": "address, or empty",
        "date": _TIME,
        "language": "ISO 639-1, or `und`",
        "text": "the whole readable text",
        "new_text": "without quotes and signature",
        "attachments": "list of {filename, content_type, size, sha256, inline}",
        "raw_sha256": "hash of the mail as it came",
        "readable": "false where it was kept raw",
        "cc": "list, where there is any",
    },
    "export tickets": TICKET | {"imported": "object: tool, ref, fields of the tool that it came from; or null"},
    "files": FILE | {"saved": "with --save: the file that was written"},
    "glossary": {
        "word": "word, expression, emoji or sign",
        "meaning": "object: the meaning by language of the reader, en and es",
        "sort": "abbreviation, emoji, community, safety, slang, house",
        "language": "language of the texts that use it; empty for any",
        "places": "list of countries where it is said; empty for everywhere",
        "also": "list of other spellings",
        "unsure": "true if it is an ordinary word, too",
    },
    "handover": {
        "kind": "note, promise, escalation, draft, …",
        "ticket": "number of the ticket, or null",
        "customer": "name",
        "subject": "subject",
        "at": "time, or null",
        "text": "words",
        "late": "true or false",
        "agent": "of a note: who wrote it",
        "from": "of a ticket that was handed over: by whom, else null",
        "to": "and to whom",
    },
    "history": {
        "event": "number",
        "action": "number of the action",
        "at": _TIME,
        "agent": "who",
        "kind": "kind of event",
        "text": "what was done, in words",
        "changed": "object: [before, after] by field",
        "state": "undone, partly undone or empty",
        "can_undo": "true or false",
    },
    "import": {"*": "see [Importing tickets](import.md)"},
    "keys": {"id": "action", "keys": "list of keys", "scope": "where they hold", "title": "what it does"},
    "lanes": {
        "lane": "name",
        "title": "title",
        "number": "place on the screen",
        "harm": "true if it handles harm",
        "order": "due, oldest, newest",
        "filter": "what it takes, in words",
        "waiting": "active tickets",
        "late": "those whose clock has run out",
        "next_due": "next deadline, or null",
    }
    | {key: f"with --again: {text}" for key, text in MOVES.items()},
    "legal-hold": {
        "customer": "number",
        "state": "held or lifted",
        "reason": "why",
        "at": _TIME,
        "by": "agent",
    },
    "list": TICKET | {"held_by": "team that has it, or null"},
    "macros check": CHECKED,
    "macros evaluate": {
        "learned": "replies that were learned",
        "macros": "macros",
        "ranked": "replies that were ranked",
        "top1": "percent whose macro was ranked first",
        "top3": "percent whose macro was among three",
        "suggested": "percent with a sure suggestion",
        "used_top1": "percent of those, ranked first",
        "used_top3": "percent of those, among three",
        "languages": "object: the same by language",
    },
    "macros export": {
        "macro": "name",
        "title": "object: title by language; empty language for all",
        "key": "its key, or empty",
        "topics": "list",
        "tags": "list of words that find it",
        "subject": "object: subject by language",
        "actions": "object: status, priority, add_tags, remove_tags, assign, escalate, snooze, promise, procedure",
        "when": "object: lists of what it is offered for",
        "asks": "list of {name, label, kind, choices, pattern, default, optional}",
        "outcome": "true if it states what was decided or done",
        "attachments": "list of file names",
        "bodies": "object: text by language",
        "snippets": "object: texts by language of each snippet that it includes",
        "macros": "with --zendesk: list of macros with title, active and actions",
        "count": "with --zendesk: how many",
    },
    "macros import": {
        "title": "title in the other tool",
        "macro": "name here",
        "outcome": "new, changed, same, refused",
        "languages": "list",
        "asks": "list of what it asks for",
        "told": "list of notes",
        "unmapped": "object: fields without an equivalent",
    },
    "macros list": MACRO,
    "macros render": {
        "macro": "name",
        "language": "language",
        "subject": "subject",
        "text": "the reply",
        "attachments": "list of file names",
        "holes": "list of {name, start, end} of missing values",
    },
    "macros show": MACRO
    | {
        "asks": "list of {name, kind, optional}",
        "bodies": "object: text by language",
        "snippets": "list",
        "attachments": "list",
    },
    "macros stats": {
        "macro": "name",
        "uses": "how often it was sent",
        "first_touch": "of those, how often it solved the ticket",
        "edited": "how often it was changed first",
        "unedited": "how often it was not",
        "undone": "how often it was undone",
        "languages": "object: uses by language",
        "last_used": "time, or null",
    },
    "macros suggest": {
        "macros": "list of {macro, score, sure}; score is a calibrated probability",
        "*": "the other keys of the line that was read",
    },
    "next": TICKET | {"why": "why it is next, in words"},
    "outbox list": {
        "id": "number",
        "ticket": "number of the ticket",
        "state": "queued, held, in doubt, failed",
        "to": "address",
        "cc": "list",
        "connector": "account",
        "due": _TIME,
        "attempts": "how many",
        "reason": "why it waits",
        "known": "list of what is known of its arrival",
        "proofs": "list of what could settle a doubt",
        "looked_at": "when that was last looked for, or null",
    },
    "problem list": PROBLEM,
    "problem show": PROBLEM | {"linked": "list of {id, status}"},
    "problem solve": ACTION
    | {
        "languages": "with --dry-run: object, tickets by language",
        "held": "with --dry-run: list of {ticket, reason} that would not be answered",
        "copies": "with --dry-run: object, addresses in copy by ticket",
    },
    "procedures changes": {"kind": "procedure or macro", "name": "name", "changes": "list of [sign, text]"},
    "procedures check": CHECKED,
    "procedures list": {"*": "see [Procedures](procedures.md)"},
    "procedures show": {"*": "see [Procedures](procedures.md)"},
    "procedures state": STEP,
    "wall": {
        "agent": "of an agent's line: name",
        "new": "how many tickets",
        "open": "how many",
        "pending": "how many",
        "on_hold": "how many",
        "snoozed": "how many",
        "next_due": "when the first clock of these runs out, or null",
        "writes_on": "list of tickets that they write on now, at other desks of the team",
        "looks_at": "list of tickets that they only have open there",
        "last_action": "when they last did anything here, or null",
        "lane": "of a lane's line, and of a ticket's: name",
        "waiting": "new and open tickets",
        "unassigned": "those of no agent",
        "late": "those past a clock, up to 1,000",
        "oldest_unassigned": "when the oldest of them came, or null",
        "ticket": "of a ticket that breaches next: number",
        "subject": "subject",
        "assignee": "agent; empty for none",
        "due": _TIME,
    },
    "hand": ACTION
    | {
        "ticket": "without tickets: number of one that was handed over to you",
        "message": "number of the note",
        "by": "who handed it over",
        "at": _TIME,
        "text": "the beginning of the note",
    },
    "mentions": {
        "ticket": "number of the ticket",
        "message": "number of the note",
        "by": "who wrote it",
        "at": _TIME,
        "text": "the beginning of the note",
        "state": "open, seen, answered",
    },
    "promises": PROMISE | {"customer": "name", "late": "true or false"},
    "redact": {"*": "what was masked, by kind"},
    "replay": {
        "order": "order of work",
        "load": "factor of the load",
        "answered": "requests",
        "breaches": "answered too late",
        "grave_breaches": "of severity S0 or S1",
        "median_wait": "seconds",
        "p90_wait": "seconds",
        "by_lane": "object: breaches by lane",
        "graphic_in_a_row": "how often",
    },
    "report": {
        "since": _TIME,
        "until": _TIME,
        "by": "grouping",
        "group": "group; empty for all",
        "metric": "figure",
        "value": "its value; durations in seconds, shares as fractions; with --behind: of one ticket",
        "count": "values",
        "mean": "mean, or null",
        "median": "median, or null",
        "p90": "nine of ten are below, or null",
        "before": "value of the same length before, or null",
        "before_count": "values then",
        "ticket": "with --behind: number of the ticket",
        "at": "with --behind: time",
    },
    "restore": COPY
    | {
        "desk": "file",
        "kept": "where the former file is kept, or null",
        "events_lost": "events after the backup",
        "in_doubt": "replies whose sending is unknown now",
        "rows": "with --salvage: object, rows by table",
        "damaged": "with --salvage: list of tables",
    },
    "retention": {
        "lane": "lane",
        "kind": "kind",
        "days": "days",
        "tickets": "how many",
        "erased": "with --apply: how many",
    },
    "reviews calibrate": {
        "calibration": "label",
        "reply": "number of the reply",
        "ticket": "number of the ticket",
        "card": "scorecard",
        "reviewers": "list",
        "replies": "how many",
        "criterion": "criterion",
        "pairs": "pairs of marks",
        "same": "those that agree",
        "percent": "percent that agree",
        "kappa": "Cohen's kappa, or null",
        "points_apart": "mean difference of the scores",
    },
    "reviews check": CHECKED,
    "reviews list": REVIEW | {"why": "with --to-do: list of reasons"},
    "reviews sample": {
        "reply": "number of the reply",
        "ticket": "number of the ticket",
        "agent": "whose reply it is",
        "why": "list of reasons",
        "review": "number, where one exists",
        "sample": "number of the sample",
        "seed": "seed, to draw the same again",
    },
    "reviews score": REVIEW
    | ACTION
    | {
        "text": "without points: the reply",
        "asked": "without points: what the customer had written",
        "macro": "without points: macro",
        "procedure": "without points: procedure",
        "criteria": "without points: list of {criterion, answers, weight, auto_fail, text}",
    },
    "reviews show": REVIEW
    | {
        "marks": "list of {criterion, points, best, comment}",
        "answers": "list of {at, by, answer, text, review}",
        "reply_words": "object: text, macro, procedure of the reply",
    },
    "route": {
        "*": "the other keys of the line that was read",
        "lane": "lane",
        "priority": "priority",
        "severity": "severity, or null",
        "topic": "topic",
        "tags": "list",
        "procedure": "procedure",
        "rule": "the rule that decided",
        "reason": "why, in words",
        "language": "language",
        "confidence": "0 to 1",
        "trace": "with --explain: list of rules, and which condition failed",
        "file": "with --check: file",
        "rules": "with --check: how many",
    }
    | {key: f"with --again: {text}" for key, text in MOVES.items()}
    | {"dry_run": "with --again: true if nothing was moved"},
    "search": {
        "ticket": "number of the ticket",
        "message": "number of the message",
        "snippet": "words around the hit",
        "status": "status",
        "lane": "lane",
        "subject": "subject",
    },
    "shift": FIGURES,
    "shift end": SHIFT,
    "shift start": SHIFT
    | {
        "kind": "shift, note, changed macro, changed procedure, promise, ticket, draft",
        "name": "of a change: what",
        "new": "of a change: true if it is new",
        "gone": "of a change: true if it is gone",
        "ticket": "number of the ticket",
        "due": "of a promise",
        "text": "of a promise",
        "status": "of a ticket",
        "subject": "of a ticket",
        "at": "of a draft: when it was written",
    },
    "show": TICKET
    | {
        "reason": "why it is where it is",
        "merged_into": "number of the ticket, or null",
        "messages": "list of {id, direction, kind, from_name, from_addr, cc, date, language, mixed, text, new_text, "
        "macro, procedure, moved_from, attachments, signs}",
        "promises": "list, as `promises` has them",
        "escalations": "list, as `escalations` has them",
        "ratings": "list, as `csat list` has them",
        "asides": "list of {kind, at, agent, …}",
        "writing": "list of colleagues who write on it now, at other desks of the team",
        "looking": "list of colleagues who only have it open there",
        "figures": "object: replies, first_reply, one_touch, handling, reopened, late",
        "problem": "label, or null",
        "overrides": "list of {at, by, rules, steps, reason}",
    },
    "sync": {
        "account": "name",
        "received": "mails or changes",
        "history": "how many of them are history: searchable, without clocks",
        "sent": "replies",
        "held": "replies",
        "failed": "replies",
        "in_doubt": "replies",
        "error": "why it could not be reached",
        "requests": "requests of this minute, where they are limited",
        "requests_allowed": "the limit",
        "say": "with --watch: a sentence",
        "news": "with --watch: true when mail was filed",
        "state": "with --watch: state of the connection",
        "next_look_in": "with --watch: seconds",
    },
    "verify": {
        "intact": "true or false",
        "events": "how many",
        "redacted": "how many had confidential data removed",
        "head": "object: event and link of the newest",
        "breaks": "list of {event, at, reason, intact_up_to}",
        "known": "true if the head is the one that was written down",
    },
    "team add": {
        "login": "the member's login",
        "role": "reader, agent or lead",
        "lanes": "list of the lanes that the member sees; * for all",
        "password": "of a login that was made, shown this once; else null",
    },
    "team board": {
        "member": "login",
        "role": "reader, agent or lead",
        "connected": "true while a desk of the member is connected",
        "tickets": "object: number of tickets by status",
        "writes_on": "list of numbers of tickets",
        "looks_at": "list of numbers of tickets that they only have open",
        "lane": "without a member: name of the lane, empty for none",
        "unassigned": "number of tickets",
        "assigned": "number of tickets",
        "oldest_unassigned": "time, or null",
    },
    "team bring": {
        "tickets": "how many were opened there",
        "messages": "how many further messages and notes were brought",
        "stay": "tickets that stay in this file alone",
    },
    "team take-out": {
        "file": "the new desk's file",
        "tickets": "how many it has",
        "in_team": "how many of the team this login sees",
    },
    "team dump": {
        "file": "file",
        "by": "pg_dump or export",
        "bytes": "size",
        "why": "why pg_dump, which is installed, could not; else null",
    },
    "team init": {
        "migrations": "list of numbers of the steps that were run",
        "restored": "true if the database came from a dump",
    },
    "team status": {
        "team": "name",
        "url": "address, without a password",
        "ok": "true if it works",
        "error": "why it does not",
        "login": "of this desk",
        "role": "reader, agent or lead",
        "lanes": "list of the lanes that it sees; * for all",
        "version": "number of the schema",
        "update": "true if the owner should run `tridesk team init`",
        "lease_minutes": "how long a claim outlives its desk",
        "members": "number of members",
        "tickets": "number of tickets",
        "waiting": "number of replies that wait to be sent",
        "late_seconds": "how late the news are",
        "tls": "true over TLS",
    },
}
"""By command: keys and their meanings; `*` stands for keys that the command does not choose itself."""
ACTING = (
    "reply", "new", "note", "solve", "pend", "hold", "snooze", "close", "reopen", "spam", "take", "assign", "tag",
    "set", "forward", "escalate", "escalation answer", "escalation close", "escalation return", "merge", "split",
    "move", "problem link", "problem new", "problem unlink", "undo", "redo", "csat set", "csat remove",
    "procedures answer", "outbox arrived", "outbox drop", "outbox resend", "reviews answer",
)  # fmt: skip
"""Commands that change something; all answer in the same way."""
ACTED = ACTION | {
    "cc": "of a reply: who gets a copy",
    "until": "of `snooze`: when it comes back",
    "problem": "of `problem new`: its label",
    "review": "of `reviews answer`: number",
}


def keys_of(command: str) -> Mapping[str, str]:
    """Return the documented keys of a command."""
    return ACTED if command in ACTING else KEYS.get(command, {})


_HEAD = """\
# JSON

<!-- Made by `make reference`; do not edit. -->

Every command that prints data takes `--json` and then writes JSON Lines: one object a line, UTF-8, nothing else on
standard output. Errors are one sentence on standard error, and the exit code says the same as without `--json`.

Keys are added, never renamed or removed, within a version's first number. Times are ISO 8601 in UTC. What is
confidential is masked unless `--reveal REASON` (`export --full REASON`) is given. Commands that read lines
(`detect`, `route`, `macros suggest`) give the line's other keys back.

```
tridesk list --json | jq -r 'select(.severity == "S1") | .id'
tridesk report --since 7d --json | jq -r 'select(.metric == "one touch") | .value'
```

The tests check each object that any test makes the program write: a key that is not on this page fails them.
"""


def page() -> str:
    """Return the page."""
    acting = ", ".join(f"`{name}`" for name in ACTING)
    parts = [_HEAD, "## Commands that change something", "", f"{acting}.", "", *_table(ACTED)]
    for command in sorted(KEYS):
        parts += [f"## `{command}`", "", *_table(KEYS[command])]
    return "\n".join(parts)


def _table(keys: Mapping[str, str]) -> list[str]:
    return ["| key | value |", "|---|---|", *(f"| `{key}` | {text} |" for key, text in keys.items()), ""]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE}: {len(KEYS) + len(ACTING)} commands")
