"""What `tools/messages.py` cannot read off the code: which constants are shown, and which sentences are put together.

A text that reaches `words` in a variable belongs into `DATA` or `SHOWN_WORDS`, a sentence of the rooms below that is
made of parts into `COMPOSED`.
"""

from __future__ import annotations

from data.records.tickets import Priority, Status

DATA = {
    "tui/deciding/corrections.py": ("meanings",),
    "tui/deciding/escalating.py": ("_ENDS",),
    "tui/files/attached_files.py": ("NO_DECODER", "NOT_DECODED"),
    "tui/keys/help_lines.py": ("PLACES",),
    "tui/lanes/row_line.py": ("_STATES",),
    "tui/look/glossary_lines.py": ("SORTS",),
    "tui/look/short_times.py": ("WEEKDAYS", "MONTHS"),
    "tui/palette/entries.py": ("Kind",),
    "tui/reports/background_read.py": ("KEYS", "SHORT_KEYS"),
    "tui/reports/rows.py": ("MEANINGS", "CHAPTERS"),
    "tui/setup/settings.py": ("REASONS",),
    "tui/shifts/shift_lines.py": ("MEANS",),
    "tui/ticket/history_lines.py": ("_SENTENCES",),
    "queues/figures/grouping.py": ("AGE_NAMES", "By"),
    "queues/figures/metrics.py": ("Metric",),
    "queues/figures/shift.py": ("Own",),
    "queues/files/facts.py": ("Danger",),
    "queues/outgoing/outbox.py": ("HELD_BY",),
    "queues/remotes/links.py": ("LinkState",),
    "macros/checks/personal.py": ("_NUMBERS",),
    "macros/checks/safety.py": ("_SAID",),
    "macros/checks/wording_rules.py": ("_FORBIDDEN_SAID",),
    "data/confidential/items.py": ("Kind",),
    "data/records/hooks.py": ("DeliveryState",),
    "data/records/messages.py": ("MessageKind",),
    "data/records/outbox.py": ("OutboxState",),
    "data/records/problems.py": ("ProblemState",),
    "data/records/tickets.py": ("Status", "Priority"),
}
"""The constants and enums whose texts are shown, by file."""
SHOWN_WORDS = {
    "tui/deciding/corrections.py": ("no harm to anyone", "self-harm or suicide", "a threat, stalking",
                                    "blackmail or intimate pictures", "private data published", "a child too young",
                                    "an account taken over", "insults, harassment, impersonation"),
    "tui/cli/hooks.py": ("not begun", "working", "failing", "off"),
    "tui/shifts/shift_lines.py": ("procedure", "macro"),
    "tui/shifts/handover_line.py": ("promise", "draft"),
    "tui/look/stored_words.py": ("Mail", "App", "Safety"),
    "tui/ticket/history_lines.py": ("undone", "partly undone", "dropped", "status", "lane", "topic", "severity",
                                    "priority", "assignee", "language", "subject", "macro", "escalated to", "step",
                                    "tier", "customer", "wish", "tool", "ref", "harm", "heard", "reason",
                                    "override reason"),
}  # fmt: skip
"""Single words that come from the store."""
COMPOSED = {
    "queues/next_up/urgency.py": (
        "{ticket} breaches in {time}", "{ticket} breaches in {n} days", "{ticket} breaches now",
        "{ticket} breached {time} ago", "{ticket} breached {n} days ago", "{ticket} has no clock running",
        "{ticket} promised an answer in {time}", "{ticket} promised an answer in {n} days",
        "{ticket} owes an answer promised for {time} ago", "{ticket} owes an answer promised for {n} days ago",
        "another team's answer is late", "{urgency} priority", "high priority", "urgent priority",
        "interleaving an easier ticket", "{name} mentioned you", "{name} handed it over to you",
        "assigned to you", "{n} of {most} in hand",
    ),
    "queues/desk/desk.py": (
        "{n} tickets", "unchanged", "P-{problem} solved", "written to {address}", "re-routed {n} tickets",
        "re-routed {n} ticket", "except for what was sent", "reply", "not set",
        "shift ended", "{n} handed over to {name}", "{what} into {tickets}",
        "The reply of {ticket} has left and cannot be recalled; the rest can still be undone: {rest}.",
        "The reply of {ticket} has left and cannot be recalled; there is nothing else to undo.",
        "The forward of {ticket} has left and cannot be recalled; the rest can still be undone: {rest}.",
        "The forward of {ticket} has left and cannot be recalled; there is nothing else to undo.",
        "The mail to the other team of {ticket} has left and cannot be recalled; the rest can still be undone: {rest}.",
        "The mail to the other team of {ticket} has left and cannot be recalled; there is nothing else to undo.",
        "{n} of {all} mails were sent ({tickets}) and cannot be recalled; the rest can still be undone: {rest}.",
        "{n} of {all} mails were sent ({tickets}) and cannot be recalled; there is nothing else to undo.",
    ),
    "queues/desk/commands/set_field.py": (
        *(f"status {status}" for status in Status), *(f"priority {priority}" for priority in Priority),
        "severity {severity}", "severity not set", "topic {topic}", "topic not set", "lane {lane}",
        "procedure {procedure}", "procedure not set", "language {code}", "register {register}", "register not set",
        "region {region}", "region not set", "1 message split off", "{n} messages split off",
        "1 message moved to #{ticket}", "{n} messages moved to #{ticket}",
    ),
    "queues/desk/gates.py": (
        "#{id}, step {step} comes first: {text} Answer it, or give a reason to override it.",
    ),
    "tui/cli/doctor.py": (
        "nothing at {path} yet; it is made on first use",
        "{path} is sound; {n} tickets wait; in the outbox: {waiting}",
        "{path} is sound, encrypted; {n} tickets wait; in the outbox: {waiting}",
        "nothing to back up yet", "none yet; the screen makes one while it is open, and so does `tridesk backup`",
        "the newest of {n} is {hours} hours old ({path})", "the newest of {n} is {days} days old ({path})",
        "the newest of {n} is {hours} hours old ({path}), and the desk was changed since; `tridesk backup` makes one.",
        "the newest of {n} is {days} days old ({path}), and the desk was changed since; `tridesk backup` makes one.",
        "no events yet", "nothing waits", "{n} waiting to leave", "no ticket is in no lane",
        "no ticket waits in no lane",
        "{n} tickets wait in no lane; `tridesk list --lane none`",
        "no ticket waits in no lane; the lanes have changed, `tridesk lanes --again` moves tickets",
        "{n} tickets wait in no lane; `tridesk list --lane none`; the lanes have changed, `tridesk lanes --again` "
        "moves tickets",
        "no mail waits to be taken in", "none at {path}; the defaults hold", "the desk opens",
        "{n} actions have their keys", "{n} policies, {m} calendars", "none; `tridesk account add` makes one",
        "no mail account", "{present} installed", "{present} installed; not installed: {absent} (tridesk[NAME])",
        "{hook} is off; `tridesk hooks test {name}` tries it: {hint}",
        "{hook} is failing; `tridesk hooks test {name}` tries it: {hint}",
        "{hook} gave up {n} deliveries; `tridesk hooks deliveries` lists them, "
        "`tridesk hooks retry --hook {name}` tries them again",
        "{n} hooks in order", "no hook",
    ),
    "queues/hooks/deliver.py": (
        "The receiver of the hook {hook} is gone; change its url, or `tridesk hooks retry --hook {name}` tries again: "
        "{hint}",
        "Hook {hook} gave up {event} of #{ticket} after {n} attempts; `tridesk hooks retry {number}` tries again: "
        "{hint}",
        "Hook {hook} fails, and is tried again: {hint}",
    ),
    "queues/hooks/run_command.py": (
        "it cannot be started ({why})", "it ended with code {code}", "it ended with code {code}: {said}",
        "it ran for more than {n} seconds and was ended", "it ran for more than {n} seconds and was ended: {said}",
    ),
    "queues/hooks/webhook.py": (
        "its certificate cannot be trusted ({why})", "it does not speak TLS there", "its name is not found",
        "it does not answer in time", "it takes no connections", "it ended the connection without an answer",
        "{status}: it is elsewhere; write its new address as url",
    ),
    "queues/quality/reviewing.py": (
        "review {number} of {name}'s reply", "review {number} {state}", "C-{number} with {name}",
        "rating removed", "rating set to {value}",
    ),
    "queues/outgoing/outbox.py": (
        "The mail's headers are not those that the desk writes; edit the reply and send it again.",
        "The mail is not the one to {recipient}; edit the reply and send it again.",
        "The mail's Cc is not {cc}; edit the reply and send it anew.",
    ),
    "macros/checks/check.py": ("{what} leaves to {to}; make sure that they may have it.",),
}  # fmt: skip
"""Sentences that are put together from parts, or in other ways that cannot be read off the code."""
SENTENCES_OF = {"tui/setup/settings_problems.py": ("_no_table", "_missing", "_mismatch", "_unknown"),
                "tui/setup/settings.py": ("sentence",), "tui/keys/keymap.py": ("hint",), "tui/cli/config.py": ("hint",),
                "macros/checks": ("message", "_why"), "macros/exporting": ("lost", "said.lost", "facts"),
                "queues/desk/gates.py": ("_wanted",), "queues/desk/commands": ("describe",),
                "queues/ground/rule_files.py": ("_in_words",), "queues/routing/lane_settings.py": ("hint",),
                "queues/exports/table_file.py": ("hint",),
                "queues/hooks/hook.py": ("_wrong", "_wrong_url")}  # fmt: skip
"""Variables that hold a sentence or collect some, and functions that return one, by file or folder."""
CLICK = (
    "Usage:", "Options", "Commands", "Show this message and exit.", "Show the version and exit.", "Error: {message}",
    "Missing command.", "Missing argument", "Missing option", "Missing parameter", "No such command {name!r}.",
    "No such option {name!r}.", "Try '{command} {option}' for help.", "Option {name!r} does not take a value.",
    "Invalid value for {param_hint}: {message}", "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.", "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a directory.", "{name} {filename!r} is a file.", "default: {default}", "Aborted!", "file",
    "directory", "path",
)  # fmt: skip
"""What click says by itself, in its current version; another version's texts stay in English."""
SAID_BY = {"Finding": (1,), "_finding": (1,), "_miss": (0,)}
"""Besides errors, the calls that are given a sentence, and where in their arguments."""
NOT_SHOWN = frozenset({
    "ValueError", "TypeError", "OSError", "KeyError", "LookupError", "AssertionError", "FileExistsError",
    "ConnectionResetError", "IMAPClientError", "AttributeError", "RuntimeError", "TimeoutError",
    "FieldError", "LiquidError", "_LostError",
})  # fmt: skip
"""Errors of Python and of libraries, which are mapped before anyone sees them, and errors that are parts of others."""
