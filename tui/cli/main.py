"""The list of commands; each is loaded when it is called, so that `--version` is fast."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from data.errors import DeskError
from tui.cli.in_language import speak, translate, with_examples
from tui.look.shown import safe_text
from tui.look.words import translated

COMMANDS = {
    "import": ("tui.cli.importing", "import_"),
    "export": ("tui.cli.exporting", "export"),
    "list": ("tui.cli.listing", "list_"),
    "show": ("tui.cli.listing", "show"),
    "search": ("tui.cli.listing", "search"),
    "files": ("tui.cli.ticket_files", "files"),
    "reply": ("tui.cli.acting", "reply"),
    "new": ("tui.cli.new_ticket", "new"),
    "note": ("tui.cli.acting", "note"),
    "solve": ("tui.cli.acting", "solve"),
    "pend": ("tui.cli.deciding", "pend"),
    "hold": ("tui.cli.deciding", "hold"),
    "snooze": ("tui.cli.deciding", "snooze"),
    "close": ("tui.cli.deciding", "close"),
    "reopen": ("tui.cli.deciding", "reopen"),
    "spam": ("tui.cli.deciding", "spam"),
    "take": ("tui.cli.deciding", "take"),
    "assign": ("tui.cli.deciding", "assign"),
    "tag": ("tui.cli.deciding", "tag"),
    "set": ("tui.cli.setting", "set_"),
    "forward": ("tui.cli.forwarding", "forward"),
    "escalate": ("tui.cli.escalating", "escalate"),
    "escalations": ("tui.cli.escalating", "escalations"),
    "escalation": ("tui.cli.escalating", "escalation"),
    "merge": ("tui.cli.merging", "merge"),
    "split": ("tui.cli.merging", "split"),
    "move": ("tui.cli.merging", "move"),
    "problem": ("tui.cli.problems", "problem"),
    "wall": ("tui.cli.wall", "wall"),
    "hand": ("tui.cli.hand", "hand"),
    "mentions": ("tui.cli.mentions", "mentions"),
    "promises": ("tui.cli.promises", "promises"),
    "handover": ("tui.cli.promises", "handover"),
    "shift": ("tui.cli.shift", "shift"),
    "next": ("tui.cli.deciding", "next_"),
    "history": ("tui.cli.event_log", "history"),
    "undo": ("tui.cli.acting", "undo"),
    "redo": ("tui.cli.acting", "redo"),
    "glossary": ("tui.cli.glossary", "glossary"),
    "detect": ("tui.cli.detect", "detect"),
    "route": ("tui.cli.route", "route"),
    "lanes": ("tui.cli.lanes", "lanes"),
    "csat": ("tui.cli.csat", "csat"),
    "reviews": ("tui.cli.reviews", "reviews"),
    "report": ("tui.cli.report", "report"),
    "replay": ("tui.cli.replay", "replay"),
    "clocks": ("tui.cli.clocks", "clocks"),
    "macros": ("tui.cli.macros", "macros"),
    "coach": ("tui.cli.coach", "coach"),
    "procedures": ("tui.cli.procedures", "procedures"),
    "sync": ("tui.cli.sync", "sync"),
    "account": ("tui.cli.account", "account"),
    "team": ("tui.cli.team", "team"),
    "outbox": ("tui.cli.outbox", "outbox"),
    "hooks": ("tui.cli.hooks", "hooks"),
    "demo": ("tui.cli.demo", "demo"),
    "tutorial": ("tui.cli.tutorial", "tutorial"),
    "backup": ("tui.cli.backup", "backup"),
    "restore": ("tui.cli.backup", "restore"),
    "encrypt": ("tui.cli.encrypting", "encrypt"),
    "decrypt": ("tui.cli.encrypting", "decrypt"),
    "key": ("tui.cli.encrypting", "key"),
    "erase": ("tui.cli.person", "erase"),
    "access": ("tui.cli.person", "access"),
    "legal-hold": ("tui.cli.person", "legal_hold"),
    "retention": ("tui.cli.person", "retention"),
    "verify": ("tui.cli.verify", "verify"),
    "redact": ("tui.cli.redacting", "redact"),
    "doctor": ("tui.cli.doctor", "doctor"),
    "lock": ("tui.cli.lock_passphrase", "lock"),
    "config": ("tui.cli.config", "config"),
    "keys": ("tui.cli.keys", "keys"),
    "serve": ("tui.cli.serve", "serve"),
    "api": ("tui.api.api_command", "api"),
    "mcp": ("tui.assistant.mcp_command", "mcp"),
    "completion": ("tui.cli.shell_completion", "completion"),
}
"""Every command, in the order of the help: its module and the function in it."""


FEW = 4
"""As many commands are loaded for the help beside a completion."""


class Lazy(click.Group):
    """A group that knows its commands by name and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        with_examples(command, cmd_name)
        return translate(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what begins so; the help of a command is loaded only where few fit."""
        names = [name for name in COMMANDS if name.startswith(incomplete)]
        loaded = {name: command for name in names if len(names) <= FEW and (command := self.get_command(ctx, name))}
        helps = {name: command.get_short_help_str() for name, command in loaded.items()}
        commands = [CompletionItem(name, help=helps.get(name)) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--db", type=click.Path(path_type=Path), default=None, help="The desk file (or set TRIDESK_DB).")
@click.option("--ascii", is_flag=True, help="The screen draws frames, signs and marks in ASCII.")
@click.option("--no-mouse", is_flag=True, help="The screen leaves the mouse to the terminal, for its own selection.")
@click.option("--linear", is_flag=True, help="Plain lines and questions in place of the screen, for screen readers.")
@click.version_option(version("tridesk"), prog_name="tridesk")
@click.pass_context
def cli(ctx: click.Context, /, db: Path | None, **screen: bool) -> None:
    """Work a support desk: three queues, one keyboard. Without a command, the screen opens."""
    if any(screen.values()):  # they reach this function only if a command follows
        raise click.UsageError("--ascii, --no-mouse and --linear go without a command; some commands have them too.")
    ctx.obj = db


def run(arguments: list[str]) -> int:
    """Run the command line; return the exit code. Raises DeskError for an error of the desk."""
    speak()
    translate(cli)
    try:
        code = cli.main(args=arguments, prog_name="tridesk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        click.UsageError(safe_text(translated(error.format_message())), error.ctx).show()
        return 2
    except click.ClickException as error:
        raise DeskError("Failed", error.format_message()) from error
    except click.exceptions.Exit as error:
        return int(error.exit_code)
    except click.Abort:
        return 130
    return code if isinstance(code, int) else 0
