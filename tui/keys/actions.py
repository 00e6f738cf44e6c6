"""Every action that a key can start: the one registry from which bindings, footer, palette, help and docs derive.

Keys are Textual's names (`full_stop`, `ctrl+s`); two keys with a space between are a sequence (`g g`). No key
needs alt, and none needs ctrl+enter, which many terminals never send.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where an action's keys apply. In the composer, plain letters and digits always type."""

    LIST = "list"
    COMPOSER = "composer"
    PREVIEW = "preview"
    LANGUAGE = "language"
    STEPS = "steps"
    OUTBOX = "outbox"
    CHANGED = "changed"
    REPORT = "report"
    BEHIND = "behind"
    ACCOUNTS = "accounts"
    ACCOUNT = "account"
    REVIEW = "review"
    MY_REVIEWS = "my reviews"
    FILES = "files"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Action:
    """An action of the agent, and its keys unless they are rebound."""

    id: str
    """`group.verb`; the name used in settings to bind other keys."""
    keys: tuple[str, ...]
    """Each a single key or a sequence; empty for actions that only the palette offers."""
    title: str
    """A few words: footer, palette and help show them."""
    tooltip: str
    """A one-sentence explanation."""
    group: str
    scope: Scope = Scope.LIST
    call: str = ""
    """On cards and in widgets the Textual action of this scope's class; on the desk, a part names the id."""
    changes: bool = False
    """It changes tickets: subject to the burst guard, bulk work and undo."""
    footer: bool = False
    """Important enough for the footer."""

    @property
    def run(self) -> str:
        """The Textual action string: `act('ticket.solve')` on the desk, or for example `finding(1)` on a card."""
        return self.call or f"act({self.id!r})"


def _move() -> list[Action]:
    """Moving about: never changes anything."""
    group = "Move"
    lanes = [Action(f"lane.{n}", (f"g {n}",), f"Lane {n}", f"Go to lane {n}.", group) for n in range(1, 10)]
    return [
        Action("ticket.next", ("j", "down"), "Next ticket", "Go down one ticket.", group),
        Action("ticket.previous", ("k", "up"), "Previous ticket", "Go up one ticket.", group),
        Action("ticket.first", ("g g", "home"), "First ticket", "Go to the most urgent ticket of this lane.", group),
        Action("ticket.last", ("G", "end"), "Last ticket", "Go to the least urgent ticket of this lane.", group),
        Action("ticket.page_down", ("pagedown",), "Page down", "Go down a whole page.", group),
        Action("ticket.page_up", ("pageup",), "Page up", "Go up a whole page.", group),
        Action("message.quotes", ("Q",), "Quoted text", "Unfold or fold the quoted text in mails.", group),
        Action(
            "ticket.reveal",
            ("X",),
            "Show folded",
            "Show the customer's graphic text, which is recorded, or fold it again.",
            group,
        ),
        Action("message.next", ("J",), "Next message", "Go to the next message of the conversation.", group),
        Action("message.previous", ("K",), "Previous message", "Go to the previous message.", group),
        Action("lane.left", ("h", "left"), "Lane to the left", "Go to the lane on the left.", group),
        Action("lane.right", ("l", "right"), "Lane to the right", "Go to the lane on the right.", group),
        *lanes,
        Action("lane.0", ("g 0",), "No lane", "Go to the tickets that are in no lane.", group),
        Action("lane.choose", ("g l",), "Lanes…", "List all lanes with what waits in each, and go to one.", group),
        Action("region.next", ("tab",), "Next region", "Go from lane to ticket to composer and round again.", group),
        Action("region.previous", ("shift+tab",), "Previous region", "Go the other way round.", group),
        Action(
            "ticket.urgent",
            ("full_stop",),
            "Most urgent",
            "Go to the most urgent ticket of all lanes and show why; press again to skip it, with a reason.",
            group,
            footer=True,
        ),
        Action("ticket.return", ("comma",), "Where I was", "Go back to the ticket you came from.", group),
        Action("ticket.view", ("enter", "o"), "Open", "Show the ticket in full.", group, footer=True),
        Action(
            "nav.back", ("u", "escape", "q"), "Back", "Clear the selection, else go back one step; never quits.", group
        ),
    ]


def _answer() -> list[Action]:
    """Answering: macros, replies and notes."""
    group = "Answer"
    slots = [
        Action(
            f"macro.slot_{n}",
            (str(n),),
            f"Macro {n}",
            "Preview the macro suggested for this ticket." if n < 4 else "Preview the macro pinned to this key.",
            group,
        )
        for n in range(1, 10)
    ]
    return [
        *slots,
        Action("macro.again", ("0",), "Last macro", "Preview the macro used last.", group),
        Action("macro.keep", ("M",), "Keep as macro…", "Make the reply that you sent last a macro of your own.", group),
        Action(
            "macro.pick",
            ("m",),
            "Macros…",
            "Find a macro by a few letters, with a preview; Tab finds other things.",
            group,
            footer=True,
        ),
        Action(
            "procedure.step",
            ("space",),
            "Steps",
            "Go to the next open step of the ticket's procedure; a key there answers it.",
            group,
            footer=True,
        ),
        Action("ticket.reply", ("r",), "Reply", "Write to the customer.", group, footer=True),
        Action(
            "desk.new_mail", ("N",), "New mail…", "Open a ticket by writing to someone; the answer joins it.", group
        ),
        Action("ticket.note", ("n",), "Note", "Write an internal note that no customer sees.", group, footer=True),
    ]


def _decide() -> list[Action]:
    """What becomes of a ticket; every one of these can be undone."""

    def decide(name: str, keys: tuple[str, ...], title: str, tooltip: str, *, footer: bool = False) -> Action:
        return Action(f"ticket.{name}", keys, title, tooltip, "Decide", changes=True, footer=footer)

    return [
        decide("solve", ("e",), "Solve", "Mark as solved and go to the next ticket.", footer=True),
        decide(
            "solve_anyway",
            ("exclamation_mark",),
            "Solve anyway…",
            "Solve despite open steps of the procedure, with a reason that is kept.",
        ),
        decide("pending", ("p",), "Pending", "Wait for the customer.", footer=True),
        decide("snooze", ("s", "b"), "Snooze…", "Put aside until a time: 3h, 2d, tomorrow at 9."),
        decide("escalate", ("E",), "Escalate…", "Hand over to another team, with a reason and a due time."),
        decide("team_answer", ("B",), "Came back…", "Record another team's answer, or that it sent the ticket back."),
        decide("problem", ("P",), "Problem…", "Link tickets that have one cause, or answer all linked tickets."),
        decide("forward", ("F",), "Forward…", "Send text and files to a third party; the answer comes back as a note."),
        decide("merge", ("I",), "Merge…", "Make this ticket, or all selected, part of another; that one keeps all."),
        decide("move", ("T",), "Take out…", "Split a message off into a new ticket, or move it to another one."),
        decide("assign", ("a",), "Assign…", "Assign to an agent, or unassign."),
        decide("take", ("t",), "Take", "Assign to me."),
        decide(
            "hand_over",
            ("g p",),
            "Pass on…",
            "Hand over to a colleague with a note; accept or return a hand-over.",
        ),
        decide(
            "language", ("d",), "Language…", "Set the customer's language, tú, usted or vos, and region; remembered."
        ),
        decide(
            "other_language", ("D",), "Other language", "Switch between English and Spanish; ?? becomes the likeliest."
        ),
        decide("rating", (), "Rating…", "Correct the customer's rating, or remove it if it was not a rating."),
        decide("tags", ("L",), "Tags…", "Add and remove tags: +refund -vip."),
        decide("raise", ("plus",), "Priority up", "Make more urgent."),
        decide("lower", ("minus",), "Priority down", "Make less urgent."),
        decide("hold", ("g w",), "On hold", "Wait for someone other than the customer."),
        decide("correct", ("U",), "Correct…", "Correct lane, topic, severity, priority, procedure, fields, customer."),
        decide("harm", ("W",), "Harm…", "Correct whether harm is reported, and of which kind; the desk learns."),
        decide("close", ("g x",), "Close", "Close for good; it counts as solved, and O reopens it."),
        decide("reopen", ("O",), "Reopen", "Reopen what was solved, closed, suspended or is history."),
        decide("spam", ("Y",), "Spam", "Suspend as spam: out of the lanes, counted in the top line; O reopens it."),
        Action("desk.undo", ("z",), "Undo", "Undo the whole last action, including its reply.", "Decide", footer=True),
        Action("desk.redo", ("Z",), "Redo", "Redo what was undone.", "Decide"),
    ]


def _look() -> list[Action]:
    """Selecting, finding and looking closer."""
    return [
        Action(
            "select.toggle",
            ("x",),
            "Select",
            "Select this ticket; actions then apply to all selected tickets.",
            "Select",
        ),
        Action("select.range", ("v",), "Select range", "Select from the last selected ticket to this one.", "Select"),
        Action("select.all", ("V",), "Select all", "Select every ticket shown in this lane.", "Select"),
        Action(
            "find.filter",
            ("slash",),
            "Find",
            "Search every ticket by text, people, tag:, status: and more; in a ticket, find another or a person.",
            "Find",
            footer=True,
        ),
        Action("find.view", ("f",), "Views…", "Show mine, pending, solved today, a tag… or what you saved.", "Find"),
        Action(
            "find.mentions", ("g n",), "Notes to me…", "List notes with your @name; Enter opens the ticket.", "Find"
        ),
        Action("ticket.customer", ("c",), "Customer", "Show the customer and all their tickets.", "Look"),
        Action("ticket.history", ("g h",), "History…", "Show who did what to the ticket; undo from there.", "Look"),
        Action("ticket.files", ("A",), "Files…", "List the ticket's files, to view, save or open one.", "Look"),
        Action("ticket.copy", ("y",), "Copy…", "Copy the newest message, the number or the address.", "Look"),
        Action(
            "ticket.unmask",
            ("asterisk",),
            "Show masked…",
            "List the masked data of the ticket and show one item, which is recorded.",
            "Look",
        ),
        Action("ticket.words", ("i",), "Words…", "Explain slang, emoji and terms in the ticket.", "Look"),
        Action("desk.zoom", ("w",), "Zoom", "Zoom the focused pane to the whole screen, or back.", "Look"),
        Action("desk.refresh", ("R",), "Refresh", "Load what is new, and sort the lanes again.", "Look"),
        Action("desk.shift", ("S",), "My shift…", "Your shift's figures so far; or begin a shift.", "Desk"),
        Action(
            "desk.shift_bar", (), "Shift bar", "Show your figures at the top, or hide them; the desk remembers.", "Desk"
        ),
        Action("desk.shift_end", (), "End shift…", "End your shift and leave a hand-over for the next one.", "Desk"),
        Action(
            "desk.handover",
            ("H",),
            "Hand-over…",
            "List open work: hand-overs, promises, unsent replies, drafts; end the shift.",
            "Desk",
        ),
        Action("desk.wall", ("g a",), "The wall…", "Show who works on what, and what breaches next.", "Desk"),
        Action("desk.report", ("g r",), "Report…", "Show the figures of a period; each opens its tickets.", "Desk"),
        Action("desk.coach", ("C",), "Coach", "Keys and seconds per ticket, and what would save keys.", "Desk"),
        Action(
            "desk.outbox",
            ("g o",),
            "Outbox…",
            "List waiting replies: held, in doubt, failed; send, edit or drop them.",
            "Desk",
        ),
        Action(
            "desk.review",
            ("g q",),
            "Review…",
            "Score sampled replies of other agents with a scorecard.",
            "Desk",
        ),
        Action("ticket.review", (), "Review this…", "Score the newest reply on this ticket with a scorecard.", "Desk"),
        Action("desk.my_reviews", ("g m",), "My reviews…", "Reviews of your replies; respond to them.", "Desk"),
        Action(
            "desk.palette",
            ("colon", "ctrl+p"),
            "Palette",
            "Find any action, setting, macro, ticket or person by a few letters.",
            "Desk",
            footer=True,
        ),
        Action(
            "desk.reroute",
            (),
            "Route again…",
            "Re-route every open ticket by the current rules; shows first how many would move.",
            "Desk",
            changes=True,
        ),
        Action("desk.help", ("question_mark", "f1"), "Help", "Show every key.", "Desk", footer=True),
        Action("desk.keys", (), "Keys…", "Give actions other keys; shows clashes, and applies at once.", "Desk"),
        Action("desk.ascii", (), "ASCII signs", "Draw frames, signs and marks in ASCII, or no longer.", "Desk"),
        Action(
            "desk.mouse", (), "Mouse", "Leave the mouse to the terminal from the next start on, or take it.", "Desk"
        ),
        Action("desk.heads", ("g c",), "Column heads", "Show or hide what the columns of the lists are.", "Desk"),
        Action(
            "desk.tour", ("g t",), "Tour", "In the demo: leave the tour of six prompts, or come back to it.", "Desk"
        ),
        Action("desk.theme", (), "Theme…", "Choose a dark, light or high-contrast theme.", "Desk"),
        Action(
            "desk.account",
            (),
            "Accounts…",
            "Set up mail accounts and ticketing systems, try them, change them.",
            "Desk",
        ),
        Action(
            "desk.settings", ("g s",), "Settings…", "Change your name, brand, language of the screen, keys.", "Desk"
        ),
        Action("desk.import", (), "Import…", "Import messages from a file or folder.", "Desk"),
        Action("desk.suspend", ("ctrl+z",), "Suspend", "Back to the shell; `fg` brings the desk back.", "Desk"),
        Action("desk.lock", ("f12",), "Lock", "Hide everything at once, until the passphrase is typed.", "Desk"),
        Action("desk.quit", ("ctrl+q",), "Quit", "Leave; drafts are kept.", "Desk"),
    ]


def _compose() -> list[Action]:
    """While writing; what is not here is left to the text area."""

    def compose(name: str, keys: tuple[str, ...], title: str, tooltip: str, *, footer: bool = True) -> Action:
        return Action(f"composer.{name}", keys, title, tooltip, "Write", Scope.COMPOSER, call=name, footer=footer)

    return [
        compose("send", ("ctrl+s", "ctrl+enter", "f2"), "Send…", "Keep the draft and show what leaves; save a note."),
        compose("toggle_note", ("ctrl+t",), "Reply or note", "Turn the reply into an internal note, or back."),
        compose("next_hole", ("ctrl+n",), "Next finding", "Go to the next missing value, or text to check again."),
        compose("language", ("ctrl+l",), "Language", "Write the macro in the other language.", footer=False),
        compose("render_again", ("ctrl+r",), "Render again", "Fill the macro again with today's values.", footer=False),
        compose("editor", ("ctrl+g",), "$EDITOR", "Write in your own editor.", footer=False),
        compose("attach", ("f5",), "Attach…", "Add a file to the reply; Tab completes its path.", footer=False),
        compose("detach", ("f8",), "Remove file", "Remove the last file from the reply.", footer=False),
        compose("keep", ("f4",), "Keep as macro…", "Make this text a macro of your own.", footer=False),
        compose("leave", ("escape",), "Leave", "Back to the ticket; the draft is kept."),
    ]


def _preview() -> list[Action]:
    """On the card that shows what will be sent."""

    def preview(name: str, keys: tuple[str, ...], title: str, tooltip: str) -> Action:
        return Action(f"preview.{name}", keys, title, tooltip, "Send", Scope.PREVIEW, call=name, footer=True)

    findings = [
        Action(
            f"preview.finding_{n}",
            (str(n),),
            f"Finding {n}",
            "Go to the text that this finding is about.",
            "Send",
            Scope.PREVIEW,
            call=f"finding({n})",
        )
        for n in range(1, 10)
    ]
    return [
        preview(
            "solve",
            ("enter",),
            "Send, next",
            "Send, do what the macro says (else solve), go to the most urgent ticket.",
        ),
        preview("pending", ("p",), "Send, pending", "Send and wait for the customer."),
        preview("open", ("o",), "Send, keep open", "Send and keep the ticket open."),
        preview("edit", ("e",), "Edit", "Edit the text first."),
        preview(
            "override",
            ("exclamation_mark",),
            "Send anyway…",
            "Override what blocks, with a reason that is kept.",
        ),
        preview("steps", ("space",), "Steps", "Answer the required steps, then return to this card."),
        preview("language", ("l",), "Language", "The same macro in the other language."),
        preview("address", ("a",), "Other address", "Write to another address of the customer."),
        preview("cc", ("c",), "Cc", "Drop everyone in Cc from this reply, or put them back."),
        preview("cc_new", ("n",), "Take in", "Add people new in Cc to this reply and later ones."),
        preview("cc_edit", ("C",), "Edit Cc…", "Choose who gets a copy of this reply."),
        preview("promise", ("t",), "Promised time…", "Set the time by which the reply promises an answer."),
        preview("no_promise", ("T",), "No promise", "The reply makes no promise."),
        *findings,
        preview("cancel", ("escape",), "Cancel", "Send nothing."),
    ]


LANGUAGES = {
    "e": ("en", "English"), "s": ("es", "Español"), "p": ("pt", "Português"), "c": ("ca", "Català"),
    "g": ("gl", "Galego"), "f": ("fr", "Français"), "i": ("it", "Italiano"), "D": ("de", "Deutsch"),
    "b": ("id", "Bahasa Indonesia"), "T": ("tr", "Türkçe"), "v": ("vi", "Tiếng Việt"), "r": ("ru", "Русский"),
    "a": ("ar", "العربية"), "j": ("ja", "日本語"), "z": ("zh", "中文"), "k": ("ko", "한국어"),
}  # fmt: skip
"""Keys of the language card, each with the code and the language's own name."""
REGIONS = {"1": "es-ES", "2": "es-MX", "3": "es-AR", "4": "es-CO", "5": "es-CL", "6": "es-PE", "7": "es-US"}


def _language() -> list[Action]:
    """On the card for the customer's language and form of address."""

    def say(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str, group: str) -> Action:
        return Action(f"language.{name}", keys, title, tooltip, group, Scope.LANGUAGE, call=call)

    tongues = [
        say(code, (key,), name, f"The customer writes {name}.", f"language('{code}')", "Language")
        for key, (code, name) in LANGUAGES.items()
    ]
    regions = [
        say(place.lower().replace("-", "_"), (key,), place, f"Spanish as in {place}.", f"region('{place}')", "Region")
        for key, place in REGIONS.items()
    ]
    return [
        say("flip", ("d",), "The other one", "To English if it was Spanish, else to Spanish.", "flip", "Language"),
        *tongues,
        say("unknown", ("question_mark",), "Unknown", "Back to triage; forgotten for the customer.", "language('und')",
            "Language"),
        say("tu", ("t",), "tú", "Spanish addresses the customer as tú.", "register('tu')", "Form of address"),
        say("usted", ("u",), "usted", "Spanish addresses the customer as usted.", "register('usted')",
            "Form of address"),
        say("vos", ("V",), "vos", "Spanish addresses the customer as vos.", "register('vos')", "Form of address"),
        say("house", ("x",), "house default", "Forget tú, usted or vos.", "register('')", "Form of address"),
        *regions,
        say("nowhere", ("0",), "no region", "Forget the region.", "region('')", "Region"),
        Action("language.leave", ("escape", "q"), "Leave", "Change nothing.", "Language", Scope.LANGUAGE, call="leave"),
    ]  # fmt: skip


def _steps() -> list[Action]:
    """In the procedure next to the ticket."""

    def step(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"step.{name}", keys, title, tooltip, "Steps", Scope.STEPS, call=call or name)

    return [
        step("confirm", ("space",), "Confirm", "Confirm a check, hand over, or enter what the step asks for."),
        *(step(f"choose_{n}", (str(n),), f"Choice {n}", f"Take choice {n}.", f"choose({n})") for n in range(1, 10)),
        step("next", ("j", "down"), "Next step", "Go to the next step.", "move(1)"),
        step("previous", ("k", "up"), "Previous step", "Go to the previous step.", "move(-1)"),
        step("take_back", ("backspace", "delete"), "Take back", "Remove this step's answer."),
        step("leave", ("escape", "u", "q"), "Leave", "Back to the ticket."),
    ]


def _outbox() -> list[Action]:
    """On the card of waiting replies."""

    def waiting(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"outbox.{name}", keys, title, tooltip, "Outbox", Scope.OUTBOX, call=call or f"settle('{name}')")

    return [
        waiting("next", ("j", "down"), "Next reply", "Select the next reply.", "move(1)"),
        waiting("previous", ("k", "up"), "Previous reply", "Select the previous reply.", "move(-1)"),
        waiting("send", ("s",), "Send anyway", "Send it despite what came in or went wrong meanwhile."),
        waiting("arrived", ("a",), "It arrived", "It has arrived: send nothing."),
        waiting("edit", ("e",), "Edit", "Hold it back and continue writing."),
        waiting("drop", ("x",), "Drop", "Never send it."),
        waiting("open", ("enter", "o"), "Ticket", "Go to its ticket."),
        waiting("leave", ("escape", "q", "u"), "Back", "Decide nothing.", "leave"),
    ]


def _changed() -> list[Action]:
    """On the card that shows the changes in a procedure or macro."""

    def changed(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"changed.{name}", keys, title, tooltip, "Changed", Scope.CHANGED, call=call or name)

    return [
        changed("read", ("enter",), "Read", "Mark as read and continue."),
        changed("later", ("escape", "q"), "Later", "Show it again at the next use."),
        changed("down", ("j", "down", "pagedown"), "Scroll down", "Scroll down.", "scroll(3)"),
        changed("up", ("k", "up", "pageup"), "Scroll up", "Scroll up.", "scroll(-3)"),
    ]


def _report() -> list[Action]:
    """On the report, and on the tickets behind one of its figures."""

    def report(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"report.{name}", keys, title, tooltip, "Report", Scope.REPORT, call=call or name)

    def ticket_list(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"behind.{name}", keys, title, tooltip, "Report", Scope.BEHIND, call=call or name)

    groups = ("agent", "lane", "language", "macro", "topic", "age", "hour", "day", "week")
    return [
        report("by_all", ("1",), "Total", "Do not group.", "by('all')"),
        *(report(f"by_{by}", (str(n % 10),), f"By {by}", f"Group by {by}.", f"by('{by}')")
          for n, by in enumerate(groups, 2)),
        report("by_reason", ("r",), "By reason", "Group passed-over tickets by reason.", "by('reason')"),
        report("today", ("t",), "Today", "Today, compared with the same length of time before.", "span('today')"),
        report("week", ("w",), "7 days", "The last seven days, compared with the seven before.", "span('7d')"),
        report("month", ("m",), "30 days", "The last thirty days.", "span('30d')"),
        report("year", ("y",), "365 days", "The last year.", "span('365d')"),
        report("earlier", ("b",), "Earlier", "The period before this one.", "earlier(1)"),
        report("later", ("n",), "Later", "The period after this one.", "earlier(-1)"),
        report("hours", ("c",), "Hours", "Count all time, or the open hours of the next calendar.", "hours"),
        report("open", ("o",), "Tickets", "List the tickets behind the selected figure; Enter does too.", "open"),
        report("down", ("j",), "Down", "Select the figure below.", "move(1, 0)"),
        report("up", ("k",), "Up", "Select the figure above.", "move(-1, 0)"),
        report("left", ("h",), "Left", "Select the figure on the left.", "move(0, -1)"),
        report("right", ("l",), "Right", "Select the figure on the right.", "move(0, 1)"),
        report("across", ("v",), "Other plot", "Plot over time, or compare groups.", "across"),
        report("copy", ("Y",), "Copy", "Copy the table as tab-separated values.", "copy"),
        report("write", ("x",), "Write…", "Write a page with charts, or the figures, into a file.", "write"),
        report("refresh", ("R",), "Refresh", "Read the events again, up to now.", "refresh"),
        report("leave", ("escape", "q", "u"), "Back", "Stop reading, else go back to the desk.", "leave"),
        ticket_list("open", ("o",), "Ticket", "Open the selected ticket; Enter does too.", "open"),
        ticket_list("lanes", ("v",), "On the desk", "Show all these tickets in their lanes, to work on them.", "lanes"),
        ticket_list("next", ("j",), "Down", "Select the next ticket.", "move(1)"),
        ticket_list("previous", ("k",), "Up", "Select the previous ticket.", "move(-1)"),
        ticket_list("leave", ("escape", "q", "u"), "Back", "Back to the figures.", "leave"),
    ]  # fmt: skip


def _accounts() -> list[Action]:
    """On the list of accounts, and in the account form."""

    def listed(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"accounts.{name}", keys, title, tooltip, "Accounts", Scope.ACCOUNTS, call=call or name)

    def filled(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"account.{name}", keys, title, tooltip, "Accounts", Scope.ACCOUNT, call=call or name)

    return [
        listed("add", ("a",), "Add", "Set up another mail account or ticketing system."),
        listed("change", ("enter", "e"), "Change", "Change the selected account."),
        listed("try", ("t",), "Try", "Test the login of the selected account.", "try_out"),
        listed("remove", ("x",), "Remove", "Remove the selected account from the settings; its tickets stay."),
        listed("next", ("j", "down"), "Next account", "Select the next account.", "move(1)"),
        listed("previous", ("k", "up"), "Previous account", "Select the previous account.", "move(-1)"),
        listed("leave", ("escape", "q", "u"), "Leave", "Back to the desk; during a test: cancel it."),
        filled("try", ("ctrl+t",), "Try it", "Test the login with what is filled in; nothing is saved yet.", "try_out"),
        filled("save", ("ctrl+s",), "Save", "Save it to the settings and start fetching."),
        filled("next", ("down", "tab"), "Next line", "Go to the line below.", "step(1)"),
        filled("previous", ("up", "shift+tab"), "Previous line", "Go to the line above.", "step(-1)"),
        filled("leave", ("escape",), "Leave", "Leave without saving; during a test: cancel it."),
    ]


def _review() -> list[Action]:
    """On the reviewer's screen."""

    def judge(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"review.{name}", keys, title, tooltip, "Review", Scope.REVIEW, call=call or name)

    digits = [
        judge(f"give_{n}", (str(n),), f"Give {n}", f"Give {n} for the selected criterion.", f"give('{n}')")
        for n in range(10)
    ]
    return [
        *digits,
        judge("yes", ("y",), "Yes", "Answer yes to the selected yes-or-no criterion.", "give('y')"),
        judge("no", ("n",), "No", "Answer no to the selected yes-or-no criterion.", "give('n')"),
        judge("na", ("minus",), "Not applicable", "The selected criterion does not apply here.", "give('-')"),
        judge("next", ("j", "down"), "Next criterion", "Select the next criterion.", "move(1)"),
        judge("previous", ("k", "up"), "Previous criterion", "Select the previous criterion.", "move(-1)"),
        judge("note", ("c",), "Comment…", "Comment on the selected criterion."),
        judge("comment", ("C",), "Comment on the reply…", "Comment on the whole reply."),
        judge("save", ("enter", "s"), "Save, next", "Submit the review and go to the next reply."),
        judge("right", ("l", "right"), "Next reply", "Go to the next reply; scores given here are kept.", "other(1)"),
        judge("left", ("h", "left"), "Previous reply", "Go to the previous reply.", "other(-1)"),
        judge("down", ("space", "pagedown"), "Scroll down", "Scroll down in the reply.", "scroll(5)"),
        judge("up", ("pageup", "backspace"), "Scroll up", "Scroll up in the reply.", "scroll(-5)"),
        judge("unfold", ("X",), "Graphic text", "Show text that may be graphic, which is recorded, or fold it again."),
        judge("card", ("x",), "Other card", "Use the next scorecard."),
        judge("uphold", ("u",), "Uphold…", "Uphold your review that the agent disputes, with a comment."),
        judge("calibrate", ("b",), "Blind review…", "Have another reviewer score this reply too, independently."),
        judge("draw", ("d",), "Sample more…", "Sample more replies, evenly or by risk."),
        judge("undo", ("z",), "Undo", "Undo your last action: a sample, or a review that the agent has not seen."),
        judge("leave", ("escape", "q"), "Back", "Back to the desk; scores given are kept."),
    ]


def _my_reviews() -> list[Action]:
    """On the reviews of the agent's own replies."""

    def mine(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"mine.{name}", keys, title, tooltip, "My reviews", Scope.MY_REVIEWS, call=call or name)

    return [
        mine("accept", ("a",), "Accept", "The review is right."),
        mine("dispute", ("d",), "Dispute…", "Dispute the review and say why; the reviewer reads it."),
        mine("next", ("j", "down"), "Next review", "Select the next review.", "move(1)"),
        mine("previous", ("k", "up"), "Previous review", "Select the previous review.", "move(-1)"),
        mine("down", ("space", "pagedown"), "Scroll down", "Scroll down.", "scroll(5)"),
        mine("up", ("pageup", "backspace"), "Scroll up", "Scroll up.", "scroll(-5)"),
        mine("unfold", ("X",), "Graphic text", "Show text that may be graphic, which is recorded, or fold it again."),
        mine("ticket", ("enter", "o"), "Ticket", "Go to its ticket."),
        mine("leave", ("escape", "q"), "Back", "Back to the desk."),
    ]


def _files() -> list[Action]:
    """On the files of a ticket."""

    def file(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"files.{name}", keys, title, tooltip, "Files", Scope.FILES, call=call or f"decide('{name}')")

    return [
        file("view", ("enter", "v"), "View", "Read a text file here; of others, see what they are."),
        file("save", ("s",), "Save", "Save it in the folder for downloads, private and never executable."),
        file("open", ("o",), "Open…", "Open a copy with the system's own program; asks first, never for programs."),
        file("next", ("j", "down"), "Next file", "Select the next file.", "move(1)"),
        file("previous", ("k", "up"), "Previous file", "Select the previous file.", "move(-1)"),
        file("leave", ("escape", "q", "u"), "Back", "Back to the ticket.", "leave"),
    ]


def _history() -> list[Action]:
    """On the history of a ticket."""

    def past(name: str, keys: tuple[str, ...], title: str, tooltip: str, call: str = "") -> Action:
        return Action(f"history.{name}", keys, title, tooltip, "History", Scope.HISTORY, call=call or name)

    return [
        past("undo", ("z", "enter"), "Undo", "Undo the selected action of yours, unless something changed since."),
        past("next", ("j", "down"), "Next event", "Select the next event.", "move(1)"),
        past("previous", ("k", "up"), "Previous event", "Select the previous event.", "move(-1)"),
        past("leave", ("escape", "q", "u"), "Back", "Back to the ticket."),
    ]


ACTIONS: tuple[Action, ...] = (
    *_move(),
    *_answer(),
    *_decide(),
    *_look(),
    *_compose(),
    *_preview(),
    *_steps(),
    *_changed(),
    *_language(),
    *_outbox(),
    *_report(),
    *_accounts(),
    *_review(),
    *_my_reviews(),
    *_files(),
    *_history(),
)
"""All actions, in the order in which help shows them."""

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def of_scope(scope: Scope) -> tuple[Action, ...]:
    """Return the actions of `scope`, in the order of the registry."""
    return tuple(action for action in ACTIONS if action.scope is scope)
