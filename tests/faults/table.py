"""The thirty faults, and the tests that try each. `make faults` runs them all and prints a line for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault."""

    id: str
    tried: str
    tests: tuple[str, ...]
    """By file and function below `tests/`."""


_FILES = "faults/test_failing_files.py::"
_LOCK = "faults/test_lock_and_clock.py::"
_HOSTILE = "faults/test_hostile_collection.py::"
_SENDING = "queues/remotes/test_mail_sending.py::"
_FETCHING = "queues/remotes/test_mail_first_fetch.py::"
_TROUBLE = "queues/remotes/test_mail_trouble.py::"
_ROOM = "tui/replying/test_drafts_without_room.py::"
_ENDING = "tui/terminal/test_ending.py::"
_CONNECTORS = "queues/connectors/test_connector_faults.py::"
_RACES = "queues/connectors/test_connector_races.py::"
_ACCOUNT = "queues/remotes/test_mail_account.py::"
_BACKUP = "data/test_backup.py::"
_CRASH = "queues/desk/test_crash.py::"
_RANDOM = "tui/desk/test_random_keys.py::"

FAULTS = (
    Fault(
        "F1",
        "kill -9 at random while typing, sending, filing, undoing, merging",
        (
            f"{_CRASH}test_killed_at_some_points",
            f"{_CRASH}test_killed_at_many_points",
            f"{_SENDING}test_killed_at_five_hundred_random_steps",
        ),
    ),
    Fault(
        "F2",
        "kill -9 before and after every write, commit and socket call",
        (
            f"{_FILES}test_killed_between_writes_nothing_is_lost_or_sent_twice",
            f"{_FILES}test_killed_at_every_write",
            f"{_SENDING}test_killed_at_every_step_of_sending",
        ),
    ),
    Fault(
        "F3",
        "SMTP connection cut before the answer",
        (
            f"{_SENDING}test_a_connection_cut_before_the_answer_leaves_a_doubt_and_never_a_double",
            f"{_SENDING}test_a_tenth_of_a_thousand_cut",
        ),
    ),
    Fault(
        "F4",
        "SMTP refuses, hangs, is gone, has a wrong certificate",
        (
            f"{_SENDING}test_a_refusal_waits_or_fails_as_the_server_says",
            f"{_SENDING}test_a_refusal_after_the_dot_is_no_doubt",
            f"{_SENDING}test_what_is_refused_again_and_again_fails_at_last",
            f"{_SENDING}test_a_refused_login_counts_no_attempt",
            f"{_TROUBLE}test_a_port_that_says_nothing_is_told",
            f"{_TROUBLE}test_replies_wait_for_the_sending_server_and_leave_in_order",
        ),
    ),
    Fault(
        "F5",
        "send pressed again and again, two windows send one draft",
        (
            "queues/outgoing/test_drafts_leave_once.py::test_two_windows_that_send_at_once_send_once",
            f"{_SENDING}test_two_programs_send_one_reply_once",
            "tui/cards/test_cards_answer_once.py::",
        ),
    ),
    Fault(
        "F6",
        "disk full, write errors, read-only file, at every write",
        (
            f"{_FILES}test_a_write_that_fails_is_a_sentence_and_the_rest_is_whole",
            f"{_FILES}test_every_write_fails_once",
            f"{_ROOM}test_a_draft_is_saved_once_there_is_room",
            f"{_ROOM}test_the_draft_of_a_form_is_saved_once_there_is_room",
            "data/test_store.py::test_a_read_only_file_can_be_read_but_says_that_it_cannot_be_written",
        ),
    ),
    Fault(
        "F7",
        "another program holds the write lock",
        (
            f"{_LOCK}test_keys_are_answered_while_another_program_writes",
            f"{_LOCK}test_a_write_waits_for_the_lock_and_is_then_done",
            "data/test_store.py::test_a_locked_file_says_so",
        ),
    ),
    Fault(
        "F8",
        "a commit of another program under an open read",
        (
            f"{_LOCK}test_a_snapshot_that_is_too_old_is_never_an_error",
            f"{_LOCK}test_a_snapshot_that_is_too_old_a_thousand_times",
        ),
    ),
    Fault(
        "F9",
        "zero header, text, half, flipped bits, empty, missing log, foreign version",
        (
            "tui/cli/test_cli_damage.py::test_flipped_bits_and_wrecked_pages",
            f"{_BACKUP}test_damage_is_said_in_one_sentence_on_reads_too",
            f"{_BACKUP}test_an_empty_file_and_a_missing_one_are_never_a_new_desk_where_there_is_a_backup",
            f"{_BACKUP}test_a_desk_without_its_log_is_never_a_new_desk",
            "data/test_store.py::test_a_newer_file_is_refused",
            "data/test_store.py::test_a_file_that_is_no_desk_is_refused_and_left_as_it_is",
        ),
    ),
    Fault(
        "F10",
        "IMAP cut anywhere",
        (
            f"{_TROUBLE}test_imap_cut_anywhere_loses_and_doubles_nothing",
            f"{_TROUBLE}test_imap_cut_two_hundred_times",
            f"{_FETCHING}test_a_first_fetch_streams_and_goes_on_after_a_cut",
        ),
    ),
    Fault("F11", "UIDVALIDITY changes, a mailbox made anew", (f"{_ACCOUNT}test_a_mailbox_made_anew_is_recognised",)),
    Fault(
        "F12",
        "one mail fetched twice, by two ways, by two programs",
        (
            f"{_ACCOUNT}test_fetching_again_adds_nothing_and_the_copy_is_in_the_sent_folder_once",
            f"{_ACCOUNT}test_a_mail_delivered_again_or_moved_away_changes_no_ticket",
            "queues/intake/test_intake.py::",
        ),
    ),
    Fault(
        "F13",
        "several agents claim the same tickets",
        (
            f"{_RACES}test_in_each_of_15_races_one_of_six_takers_wins_and_all_know_who",
            f"{_RACES}test_of_six_desks_that_take_a_ticket_one_has_it_and_the_others_are_told_who",
            f"{_ACCOUNT}test_who_takes_a_ticket_first_has_it_and_the_other_is_told",
        ),
    ),
    Fault(
        "F14",
        "the clock jumps, summer time, 2038, mails of 1960 and 9999",
        (
            f"{_LOCK}test_a_clock_that_jumps_breaks_nothing",
            f"{_LOCK}test_a_mail_of_any_date_is_answered_by_its_arrival",
            "queues/clocks/test_calendar.py::test_a_day_of_a_clock_change_has_its_real_length",
        ),
    ),
    Fault(
        "F15",
        "SIGTERM, SIGHUP, SIGINT, SIGQUIT, a closed window, stop and go on",
        (
            f"{_ENDING}test_a_closed_window_ends_everything",
            f"{_ENDING}test_a_terminal_that_vanishes_without_a_signal_ends_everything",
            f"{_ENDING}test_a_signal_keeps_the_last_letter_and_gives_the_terminal_back",
            f"{_ENDING}test_a_signal_keeps_what_a_form_holds",
            f"{_ENDING}test_the_desk_can_be_suspended_and_comes_back",
            f"{_ENDING}test_windows_closed_in_many_states",
        ),
    ),
    Fault(
        "F16",
        "a fault of the program: no values on the screen, exit code not 0",
        (
            "tui/desk/test_screen_desk.py::test_a_crash_shows_no_local_values",
            "tui/terminal/test_crash_report.py::",
            "tui/terminal/test_shutdown.py::",
            f"{_RANDOM}test_some_random_keys",
            f"{_RANDOM}test_many_random_keys",
        ),
    ),
    Fault(
        "F17",
        "power loss after every write, what was not synced dropped or torn",
        (f"{_FILES}test_a_power_loss_leaves_what_was_acknowledged", f"{_FILES}test_a_power_loss_after_every_write"),
    ),
    Fault(
        "F18",
        "an upgrade killed at every write",
        (
            f"{_FILES}test_an_upgrade_that_is_cut_goes_on_at_the_next_start",
            f"{_FILES}test_an_upgrade_that_is_cut_at_every_write",
        ),
    ),
    Fault(
        "F19",
        "hostile mails imported in one fetch",
        (
            f"{_HOSTILE}test_every_hostile_mail_is_a_ticket",
            "queues/mail/test_mail.py::test_any_bytes_can_be_read",
            "queues/helper/test_helper.py::test_a_message_that_ends_the_helper_costs_only_itself",
        ),
    ),
    Fault(
        "F20",
        "the same mails on every screen, in commands and exports, under a scan of what is written",
        (
            f"{_HOSTILE}test_nothing_foreign_is_written_to_the_terminal",
            f"{_HOSTILE}test_no_command_writes_anything_foreign",
            "tui/terminal/test_output_gate.py::",
        ),
    ),
    Fault(
        "F21",
        "a terminal that answers every question",
        ("tui/terminal/test_terminal_input.py::test_an_answer_of_the_terminal_is_nobodys_keys_however_it_is_cut",),
    ),
    Fault(
        "F22",
        "hostile macros",
        (
            "macros/files/test_hostile.py::test_each_is_refused_or_filled_within_time_and_memory",
            "macros/filling/test_allow_list.py::test_everything_else_is_refused_before_it_is_compiled",
        ),
    ),
    Fault(
        "F23",
        "hostile strings in every field, column and export",
        (
            f"{_HOSTILE}test_hostile_strings_come_back_as_they_were",
            "data/test_safe_text.py::test_nothing_dangerous_is_left",
            "data/test_store.py::test_any_text_can_be_searched_for",
            "tui/cli/test_cli_import.py::test_formula_starts_are_defused",
        ),
    ),
    Fault(
        "F24",
        "backups restored after faults",
        (
            "data/test_restore.py::test_a_desk_that_cannot_be_opened_is_restored",
            "data/test_restore.py::test_a_restore_that_is_cut_off_at_any_step_can_be_repeated",
            "data/test_restore.py::test_killed_while_restoring",
        ),
    ),
    Fault(
        "F25",
        "a person erased: canaries looked for everywhere",
        (
            "queues/desk/test_personal_data.py::test_erasing_leaves_no_canary_anywhere",
            "queues/desk/test_personal_data.py::test_without_a_mention_by_name_nothing_at_all_is_left",
            "tui/cli/test_cli_personal.py::test_erased_means_nowhere",
        ),
    ),
    Fault(
        "F26",
        "the redaction set: what must be masked and what must be kept",
        (
            "data/confidential/test_redaction_set.py::test_what_is_confidential_is_masked_and_the_rest_is_kept",
            "tui/test_masked_everywhere.py::",
        ),
    ),
    Fault(
        "F27",
        "canaries of mail, password and token looked for in logs and reports",
        (
            "tui/cli/test_cli_account.py::test_a_password_that_was_asked_for_reaches_the_process_and_no_file",
            "data/test_locations.py::test_the_program_writes_no_log_of_the_screen",
        ),
    ),
    Fault(
        "F28",
        "records of events changed, deleted, swapped, cut off",
        (
            "data/test_event_chain.py::test_each_of_a_thousand_changes_and_deletions_is_found",
            "data/test_event_chain.py::test_a_byte_that_changes_in_the_file_is_found_or_changes_no_event",
            "data/test_event_chain.py::test_each_of_a_thousand_bytes_is_found",
            "data/test_event_chain.py::test_a_chain_that_was_made_anew_does_not_match_the_backups",
        ),
    ),
    Fault("F29", "no network: the demo under blocked sockets", (f"{_HOSTILE}test_the_demo_connects_to_nothing",)),
    Fault(
        "F30",
        "certificates that are not trusted, no TLS",
        (
            f"{_TROUBLE}test_a_certificate_that_is_not_trusted_is_told_before_any_password",
            f"{_TROUBLE}test_no_password_without_tls",
            "queues/connectors/test_web.py::test_a_certificate_of_nobody_known_is_refused_before_the_token_is_sent",
            f"{_CONNECTORS}test_a_certificate_of_nobody_known_or_of_another_host_is_told_before_the_secret",
            "queues/accounts/test_accounts.py::test_there_is_no_account_without_tls",
        ),
    ),
)


def faults_of(node: str) -> list[str]:
    """Return the faults that a test tries; `node` is its id below the project's folder."""
    below = node.removeprefix("tests/").partition("[")[0]
    return [
        fault.id
        for fault in FAULTS
        if any(below == test or (test.endswith("::") and below.startswith(test)) for test in fault.tests)
    ]
