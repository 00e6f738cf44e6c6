"""A ticket's files on the screen, by keys: listed, viewed, saved, opened after a question."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data.errors import InputError
from data.records.changes import Change
from data.store import Store
from queues.mail.read_mail import read_mail
from tests.database import database
from tests.queues.files.test_files import mail, packed
from tests.tui.playing import NOW, fifteen_tickets, make_desk, picture, play, press
from tui.app import DeskApp
from tui.files.file_card import FileCard
from tui.files.files_card import FilesCard, short_name
from tui.files.opening import open_with, opener
from tui.files.picture import Picture

WORDS = "uno [b]dos[/b] \x1b[31mred\u202e\n" + "line\n" * 200
SCRIPT = b"#!/bin/sh\necho pwned\n"
PHOTO = b"\x89PNG\x00 and "
PAGE = b"<!doctype html><p>hello"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ticket that comes first has three files, of two messages."""
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)
    (Path.home() / "Downloads").mkdir(exist_ok=True)
    path = fifteen_tickets(tmp_path / "desk.db")
    octets = "Content-Type: application/octet-stream; name="
    first = mail(packed(f"{octets}notes.txt", WORDS.encode()), packed(f"{octets}page", PAGE))
    photo = packed("Content-Type: image/png; name=photo.png", PHOTO)
    second = mail(photo, packed(f"{octets}run", SCRIPT))
    store = Store.open(path)
    desk = make_desk(store)
    for number, raw in enumerate((first, second)):
        ids = f"From: zoe1@customer.example\r\nReferences: <1@customer.example>\r\nMessage-ID: <f{number}@x>\r\n"
        raw = raw.replace(b"From: ana@clientes.example\r\n", ids.encode())
        with store.write():
            store.messages.keep_raw(raw, "test", NOW)
        (done,) = desk.receive([read_mail(raw, connector="demo", source="test")])
        assert done.ticket_id == 1
    make_most_urgent(store)
    store.close()
    return path


def make_most_urgent(store: Store) -> None:
    """Put ticket 1 under the cursor."""
    with store.write():
        ticket = store.tickets.get(1)
        assert ticket is not None
        store.tickets.update(ticket, {"first_due": None, "next_due": NOW - 9_000, "resolve_due": None})


def downloads() -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (Path.home() / "Downloads").iterdir()}


@pytest.mark.parametrize("size", [(120, 36), (60, 20)])
def test_the_files_are_listed_the_newest_message_s_first(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A")
        assert isinstance(app.screen, FilesCard)
        shown = picture(app)
        places = [shown.index(name) for name in ("▸  photo.png", "run", "notes.txt", "page")]
        assert places == sorted(places)
        assert "Files (4)" in shown
        await press(pilot, app, "escape")
        assert "Files (4)" not in picture(app)

    play(path, script, size)


@pytest.mark.parametrize("size", [(120, 36), (60, 20)])
def test_a_text_is_read_here_and_does_nothing(path: Path, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "j", "j", "enter")
        assert isinstance(app.screen, FileCard)
        shown = picture(app)
        assert "uno [b]dos[/b] ␛[31mred⟦RLO⟧" in shown
        assert "SHA-256" in shown
        await press(pilot, app, "space")
        assert "uno" not in picture(app)
        await press(pilot, app, "escape")
        assert isinstance(app.screen, FilesCard)
        assert "▸  notes.txt" in picture(app)

    play(path, script, size)


def test_of_what_is_not_a_text_the_facts_are_shown(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "enter")
        shown = picture(app)
        assert "image/png · 10 B" in shown
        assert "Not a text file" in shown
        await press(pilot, app, "escape", "j", "enter")
        assert "! a program or script" in picture(app)

    play(path, script)


def test_a_file_is_saved_and_the_place_is_said(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "j", "s")
        assert isinstance(app.screen, FilesCard)
        assert f"Saved: {Path.home()}/Downloads/run" in app.desk.said
        assert "Saved: " in picture(app)
        await press(pilot, app, "s")

    play(path, script)
    assert downloads() == {"run": SCRIPT, "run (2)": SCRIPT}
    saved = Path.home() / "Downloads" / "run"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that the system opens files with; it writes down which."""
    noted, program = tmp_path / "opened", tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nstat -c "%a %n" "$1" >> {noted}\ncase "$1" in *page*) exit 3;; esac\n')
    program.chmod(0o755)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return noted


def test_a_copy_is_opened_only_after_a_question_and_goes_with_the_desk(path: Path, opened: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "o")
        assert "Open photo.png with xdg-open?" in picture(app)
        await press(pilot, app, "n")
        assert isinstance(app.screen, FilesCard)
        assert not opened.exists()
        await press(pilot, app, "o", "y")
        assert "Opened with xdg-open" in app.desk.said
        mode, _, place = opened.read_text().strip().partition(" ")
        assert (mode, Path(place).name) == ("600", "photo.png")
        assert Path(place).read_bytes() == PHOTO
        assert stat.S_IMODE(Path(place).parent.stat().st_mode) == 0o700

    play(path, script)
    assert not Path(opened.read_text().strip().partition(" ")[2]).parent.exists()
    assert downloads() == {}


def test_a_program_is_never_opened(path: Path, opened: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "j", "o")
        assert isinstance(app.screen, FilesCard)
        assert "run is a program or script; it is never opened from here." in picture(app)
        await press(pilot, app, "y")

    play(path, script)
    assert not opened.exists()


def test_a_page_is_warned_of_and_a_failing_program_is_told(path: Path, opened: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "j", "j", "j", "o")
        assert "! a web page: it can run scripts" in picture(app)
        await press(pilot, app, "y")
        assert "xdg-open failed (3)" in app.desk.said

    play(path, script)


def test_where_no_program_opens_files_that_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert opener() == ""

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "o")
        assert "has no program that opens files" in app.desk.said

    play(path, script)


def test_what_may_be_graphic_is_listed_only_after_its_words_were_shown(path: Path) -> None:
    store = Store.open(path)
    make_desk(store).act([1], Change(add_tags=("graphic",), lane="mail"))
    make_most_urgent(store)
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A")
        assert app.screen is app.desk.screen
        assert "open it and press X first" in app.desk.said
        assert "photo.png" not in picture(app)
        await press(pilot, app, "enter", "X", "A")
        assert isinstance(app.screen, FilesCard)

    play(path, script)


def test_a_ticket_without_files_says_so(path: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "j", "A")
        assert app.desk.said == "This ticket has no files."

    play(path, script)


def test_bytes_that_are_not_here_are_told(path: Path) -> None:
    store = Store.open(path)
    with store.write():
        database(store).execute("DELETE FROM raw")
    store.close()

    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "s")
        assert "photo.png stayed in the system that the message came from" in app.desk.said

    play(path, script)
    assert downloads() == {}


def test_a_long_name_keeps_its_ending() -> None:
    assert short_name("invoice" + " " * 3 + "x" * 90 + ".pdf.exe").endswith("x.pdf.exe")
    assert short_name("\u202egpj.exe") == "⟦RLO⟧gpj.exe"


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        open_with(str(tmp_path / "none"), tmp_path)


def drawn(columns: int, rows: int, kind: str = "PNG") -> bytes:
    """Make a picture: red above, blue below."""
    from PIL import Image

    made = Image.new("RGB", (columns, rows), (200, 30, 30))
    made.paste((30, 30, 200), (0, rows // 2, columns, rows))
    bytes_ = io.BytesIO()
    made.save(bytes_, kind)
    return bytes_.getvalue()


@pytest.fixture
def with_picture(tmp_path: Path) -> Path:
    """The ticket that comes first has a picture and half a picture."""
    path = fifteen_tickets(tmp_path / "desk.db")
    image = "Content-Type: image/png; name="
    raw = mail(packed(f"{image}whole.png", drawn(640, 480)), packed(f"{image}half.png", drawn(640, 480)[:200]))
    ids = b"From: zoe1@customer.example\r\nReferences: <1@customer.example>\r\nMessage-ID: <f@x>\r\n"
    raw = raw.replace(b"From: ana@clientes.example\r\n", ids)
    store = Store.open(path)
    with store.write():
        store.messages.keep_raw(raw, "test", NOW)
    make_desk(store).receive([read_mail(raw, connector="demo", source="test")])
    make_most_urgent(store)
    store.close()
    return path


def colours_of(app: DeskApp) -> set[tuple[int, int, int]]:
    shown = app.screen.query_one(Picture)
    styles = [segment.style for y in range(shown.size.height) for segment in shown.render_line(y) if segment.style]
    triplets = [style.color.triplet for style in styles if style.color]
    return {(each.red, each.green, each.blue) for each in triplets if each}


@pytest.mark.parametrize("size", [(120, 36), (60, 20)])
def test_a_picture_is_drawn_once_asked_for_in_grey_and_then_in_colours(
    with_picture: Path, size: tuple[int, int]
) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "enter")
        assert "640 × 480" in picture(app)
        assert not app.screen.query(Picture)
        await press(pilot, app, "i")
        assert all(red == green == blue for red, green, blue in colours_of(app))
        assert "▀" in picture(app)
        await press(pilot, app, "c")
        assert {max(enumerate(colour), key=lambda part: part[1])[0] for colour in colours_of(app)} == {0, 2}
        await press(pilot, app, "j", "k", "escape")
        assert isinstance(app.screen, FilesCard)

    play(with_picture, script, size)


def test_half_a_picture_is_said_to_be_one_and_can_still_be_saved(with_picture: Path) -> None:
    async def script(pilot: Pilot[int], app: DeskApp) -> None:
        await press(pilot, app, "A", "j", "enter")
        assert "A picture that cannot be shown here" in " ".join(picture(app).split())
        await press(pilot, app, "i")
        assert not app.screen.query(Picture)

    play(with_picture, script)
