"""`tridesk`: the screen without arguments, the command line with them. Errors are one sentence, never a traceback."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
SWITCHES = ("--ascii", "--no-mouse", "--linear")
"""Options of the screen without a value."""
RECORDING = (
    "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DEVTOOLS_HOST", "TEXTUAL_DEVTOOLS_PORT", "TEXTUAL_PRESS",
    "TEXTUAL_SCREENSHOT", "TEXTUAL_SCREENSHOT_LOCATION", "TEXTUAL_SCREENSHOT_FILENAME",
)  # fmt: skip
"""Variables by which Textual would write what is on the screen to a file or to another program; they are ignored."""
COMPLETING = "_TRIDESK_COMPLETE"
"""The environment variable by which a shell asks what it may complete."""
LAST_OF_OURS = 128
"""Exit codes above it name the signal that ended the program."""


def foreign_room() -> str:
    """Return an error sentence if another package shadows one of our top-level packages, else the empty string."""
    for room in ("data", "queues", "macros"):
        spec = find_spec(room)
        place = Path(spec.origin).resolve().parents[1] if spec and spec.origin else None
        if place != HOUSE:
            return (
                f"tridesk: the package '{room}' is not tridesk's own (found at {place or 'no file'}); "
                "install tridesk in an environment of its own, for example with pipx."
            )
    return ""


def main() -> None:
    """Run the program; exit 0 done, 1 failed, 2 wrong usage."""
    sentence = foreign_room()
    if sentence:
        sys.exit(sentence)
    from data.errors import DeskError
    from data.locations import keep_files_private
    from tui.setup import desk_key

    keep_files_private()
    desk_key.begin()
    for name in RECORDING:
        os.environ.pop(name, None)
    try:
        code = _run(sys.argv[1:])
    except DeskError as error:
        from tui.look.shown import safe_text
        from tui.look.words import translated

        sys.stderr.write(f"tridesk: {safe_text(translated(error.message))}\n")
        code = 1
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # the reader closed our output pipe: there is nowhere left to report to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # the last resort: report an internal error in one sentence too, without customer text
        from tui.terminal.crash_report import fault_place

        sys.stderr.write(f"tridesk: a fault of the program itself, {fault_place(error)}; please report it.\n")
        code = 1
    if code > LAST_OF_OURS:
        from tui.terminal.shutdown import leave

        leave(code)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """Open the screen if there are only its options; everything else goes to the command line."""
    path = screen_path([argument for argument in arguments if argument not in SWITCHES])
    if path is None or COMPLETING in os.environ:
        from tui.cli.main import run

        return run(arguments)
    if "--linear" in arguments:
        from tui.linear.session import run as talk

        return talk(path)
    return open_screen(path, ascii_signs="--ascii" in arguments, mouse="--no-mouse" not in arguments)


def screen_path(arguments: list[str]) -> Path | None:
    """Return the file to open on the screen, None where the arguments name a command."""
    if not arguments:
        from tui.setup.settings import store_path

        return store_path()
    if len(arguments) == 2 and arguments[0] == "--db":
        return Path(arguments[1])
    if len(arguments) == 1 and arguments[0].startswith("--db="):
        return Path(arguments[0].removeprefix("--db="))
    return None


def open_screen(path: Path, *, ascii_signs: bool = False, mouse: bool = True) -> int:
    """Show the desk of the file. Raises InputError where there is no terminal to show it on."""
    from data.errors import InputError

    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()) or os.environ.get("TERM") == "dumb":
        raise InputError("No terminal", "the screen needs a terminal; use the commands (tridesk --help) in scripts.")
    from tui.setup import garbage

    with garbage.waiting():
        from queues.connectors.outbox_folder import OutboxFolder
        from tui.app import run_desk
        from tui.first_run.first_screen import DEMO_WANTED

        code = run_desk(path, connectors=[OutboxFolder(path.absolute().parent)], ascii_signs=ascii_signs, mouse=mouse)
    if code != DEMO_WANTED:
        return code
    from tui.cli.main import run

    return run(["demo", *(["--ascii"] if ascii_signs else []), *([] if mouse else ["--no-mouse"])])


if __name__ == "__main__":
    main()
