"""Our question how it was: only what answers it is a rating, whole actions are undone, forms are taken in once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import InputError, RuleError
from data.records.changes import Change
from data.records.incoming import Incoming
from data.records.messages import Attachment, Direction, MessageKind
from data.records.ratings import RatingState, RatingVia
from data.records.tickets import Status
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from queues.quality.csat import token_of
from queues.quality.form_answers import read_answer
from queues.quality.rating import FormAnswer
from queues.routing.rules import Rules

START = 1_800_000_000
DAY = 86_400


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    return Desk(Store.open(tmp_path / "desk.db"), clock=clock, rules=DeskRules(routing=Rules(())), agent="ann")


def write(desk: Desk, text: str, n: int = 1, **given: object) -> int:
    values: dict[str, object] = {
        "connector": "x", "source": "x", "raw_sha256": f"{n}-{text}",
        "kind": MessageKind.MAIL, "from_name": "Ana López",
        "subject": "Hello", "from_address": "ana@home.example", "text": text, "new_text": text, "at": None,
        "message_id": f"<{n}@x>", "language": "en", "confidence": 0.99,
    }  # fmt: skip
    return desk.receive([Incoming(**values | given)])[0].ticket_id  # type: ignore[arg-type]


def asked(desk: Desk, status: Status = Status.SOLVED, *, asks: bool = True) -> tuple[int, str]:
    """A ticket that was answered with our question, and the Message-ID of that reply."""
    ticket = write(desk, "Where is my refund?")
    words = f"How did we do? ({token_of(desk.store, ticket)})" if asks else "It is on its way."
    desk.act([ticket], Change(reply=f"Hi Ana. {words}", status=status, macro="general/ask-rating"))
    return ticket, desk.store.messages.of(ticket)[-1].message_id


def answered(desk: Desk, text: str, status: Status = Status.SOLVED) -> int:
    ticket, reference = asked(desk, status)
    write(desk, text, 2, references=(reference,))
    return ticket


def stand(desk: Desk, ticket: int) -> tuple[Status, int]:
    found = desk.store.tickets.get(ticket)
    assert found is not None
    return found.status, found.reopens


def values(desk: Desk, ticket: int) -> list[int]:
    return [one.value for one in desk.store.csat.of(ticket)]


def test_a_score_alone_is_kept_with_its_event_and_leaves_the_ticket_as_it_is(desk: Desk) -> None:
    ticket = answered(desk, "4/5, gracias")
    (rating,) = desk.store.csat.of(ticket)
    assert (rating.value, rating.scale, rating.via) == (4, 5, RatingVia.NUMBER)
    assert (rating.agent, rating.macro, rating.comment) == ("ann", "general/ask-rating", "gracias")
    assert stand(desk, ticket) == (Status.SOLVED, 0)
    assert desk.store.messages.of(ticket)[-1].kind is MessageKind.RATING
    event = desk.store.events.of(ticket)[-1]
    assert (event.kind, event.detail["value"]) == ("rated", 4)
    assert "gracias" not in str(event.detail)


@pytest.mark.parametrize("status", [Status.PENDING, Status.OPEN])
def test_a_score_alone_asks_for_no_answer_in_any_status(desk: Desk, status: Status) -> None:
    ticket = answered(desk, "5", status)
    assert stand(desk, ticket)[0] is status
    desk.act([ticket], Change(add_tags=("looked-at",)))
    found = desk.store.tickets.get(ticket)
    assert found is not None
    assert found.next_due is None
    assert values(desk, ticket) == [5]


def test_what_a_mail_program_quotes_of_ours_is_no_word_of_the_customer(desk: Desk) -> None:
    ticket, reference = asked(desk)
    ours = desk.store.messages.of(ticket)[-1].text
    write(desk, f"4\n\n{ours}\n> {ours}", 2, references=(reference,))
    (rating,) = desk.store.csat.of(ticket)
    assert (rating.value, rating.comment) == (4, "")
    assert stand(desk, ticket) == (Status.SOLVED, 0)


def test_a_complaint_is_a_rating_and_opens_the_ticket_again(desk: Desk) -> None:
    ticket = answered(desk, "2. Nobody told me when")
    assert stand(desk, ticket) == (Status.OPEN, 1)
    (rating,) = desk.store.csat.of(ticket)
    assert (rating.value, rating.comment) == (2, "Nobody told me when")
    assert desk.store.messages.of(ticket)[-1].kind is MessageKind.MAIL


def test_what_the_customer_says_later_counts(desk: Desk) -> None:
    ticket, reference = asked(desk)
    write(desk, "2", 2, references=(reference,))
    write(desk, "5", 3, references=(reference,))
    assert values(desk, ticket) == [5]
    states = [one.state for one in desk.store.csat.each(everything=True)]
    assert states == [RatingState.REPLACED, RatingState.STANDS]


def test_a_ticket_that_was_asked_twice_has_a_rating_for_each(desk: Desk, clock: Clock) -> None:
    ticket = answered(desk, "2, slow")
    clock.now += 60
    token = token_of(desk.store, ticket)
    desk.act([ticket], Change(reply=f"Sorry. And now? {token}", status=Status.SOLVED))
    reference = desk.store.messages.of(ticket)[-1].message_id
    write(desk, "5", 3, references=(reference,))
    assert values(desk, ticket) == [2, 5]


@pytest.mark.parametrize(
    "given",
    [
        {"references": ("<elsewhere@x>",), "subject": "Re: Hello"},  # an answer to something else
        {"kind": MessageKind.AUTO},
        {"direction": Direction.OUT},
        {"from_address": "carl@home.example"},  # somebody else who has the mail
    ],
)
def test_only_the_customers_answer_to_the_question_is_read(desk: Desk, given: dict[str, object]) -> None:
    ticket, reference = asked(desk)
    write(desk, "5", 2, **({"references": (reference,)} | given))
    assert values(desk, ticket) == []


def test_after_another_reply_a_bare_number_is_about_that(desk: Desk) -> None:
    ticket, reference = asked(desk, Status.PENDING)
    desk.act([ticket], Change(reply="Which of the five devices is it?", status=Status.PENDING))
    second = desk.store.messages.of(ticket)[-1].message_id
    write(desk, "3", 2, references=(second,), subject="Re: Hello")
    assert values(desk, ticket) == []
    write(desk, "4", 3, references=(reference,))
    assert values(desk, ticket) == [4]


def test_months_later_a_number_is_no_rating(desk: Desk, clock: Clock) -> None:
    ticket, reference = asked(desk)
    clock.now += 31 * DAY
    write(desk, "5", 2, references=(reference,))
    assert values(desk, ticket) == []


def test_a_score_after_the_days_of_reopening_opens_no_ticket_of_its_own(desk: Desk, clock: Clock) -> None:
    ticket, reference = asked(desk)
    clock.now += 20 * DAY
    assert write(desk, "5", 2, references=(reference,)) == ticket
    assert write(desk, "1, and I am still waiting", 3, references=(reference,)) != ticket
    assert values(desk, ticket) == [1]


def test_a_mail_begun_by_the_link_finds_its_ticket_by_the_token(desk: Desk) -> None:
    ticket, _ = asked(desk)
    token = token_of(desk.store, ticket)
    assert write(desk, "", 2, subject=f"{token} 4/5") == ticket
    assert values(desk, ticket) == [4]
    stranger = write(desk, "1", 3, subject=token, from_address="eve@home.example")
    assert stranger != ticket
    assert values(desk, ticket) == [4]


def test_an_undone_question_was_never_asked(desk: Desk) -> None:
    ticket, reference = asked(desk)
    assert desk.store.csat.asked(ticket) is not None
    desk.undo()
    assert desk.store.csat.asked(ticket) is None
    write(desk, "5", 2, references=(reference,))
    assert values(desk, ticket) == []


def test_a_rating_is_corrected_removed_and_undone_with_its_history_kept(desk: Desk) -> None:
    ticket = answered(desk, "1")
    (given,) = desk.store.csat.of(ticket)
    assert desk.ratings.correct_rating(given.id, 5).summary == f"#{ticket}: rating set to 5"
    (corrected,) = desk.store.csat.of(ticket)
    assert (corrected.value, corrected.via, corrected.at) == (5, RatingVia.AGENT, given.at)
    desk.undo()
    assert values(desk, ticket) == [1]
    desk.redo()
    assert values(desk, ticket) == [5]
    (corrected,) = desk.store.csat.of(ticket)
    desk.ratings.correct_rating(corrected.id, None)
    assert values(desk, ticket) == []
    desk.undo()
    assert values(desk, ticket) == [5]
    with pytest.raises(RuleError, match="ating 99 does not exist"):
        desk.ratings.correct_rating(99, 3)
    with pytest.raises(RuleError, match="1 \\(very bad\\) to 5"):
        desk.ratings.correct_rating(corrected.id, 6)


def form(**given: object) -> FormAnswer:
    values: dict[str, object] = {"score": 5.0, "scale": 5, "source": "s1"}
    return FormAnswer(**values | given)  # type: ignore[arg-type]


def test_a_form_is_taken_in_once_and_again_after_undo(desk: Desk) -> None:
    ticket, reference = asked(desk)
    answers = [
        form(token=token_of(desk.store, ticket), score=9.0, scale=10, at=START + 60, comment="bien"),
        form(source="s2", message_id=reference, score=2.0, at=START + 30),
        form(source="s3", ticket_id=99),
    ]
    outcomes = [one.outcome for one in desk.ratings.take_answers(answers)]
    assert outcomes == ["taken", "taken", "refused"]
    # the one given later stands, in whatever order they come
    assert [(one.value, one.comment, one.agent) for one in desk.store.csat.of(ticket)] == [(5, "bien", "ann")]
    assert [one.outcome for one in desk.ratings.take_answers(answers)] == ["known", "known", "refused"]
    desk.undo()
    assert values(desk, ticket) == []
    assert [one.outcome for one in desk.ratings.take_answers(answers)][:2] == ["taken", "taken"]
    (rating,) = desk.store.csat.of(ticket)
    desk.ratings.correct_rating(rating.id, None)
    assert [one.outcome for one in desk.ratings.take_answers(answers)][:2] == ["known", "known"]
    assert values(desk, ticket) == []


def test_bad_answers_open_solved_tickets_in_the_action_that_takes_them_in(desk: Desk) -> None:
    solved, _ = asked(desk)
    waiting = write(desk, "And my parcel?", 7, from_address="bo@home.example")
    desk.act([waiting], Change(status=Status.PENDING))
    answers = [
        form(ticket_id=solved, score=1.0, comment="nobody helped"),
        form(source="s2", ticket_id=waiting, score=1.0, comment="slow"),
    ]
    found, opened = desk.take_ratings(answers)
    assert ([one.outcome for one in found], opened) == (["taken", "taken"], {solved: ""})
    assert status_of(desk, solved) is Status.OPEN
    assert status_of(desk, waiting) is Status.PENDING, "what waits for others was not solved"
    assert desk.take_ratings(answers)[1] == {}, "the same file again opens nothing"
    desk.undo()
    assert (status_of(desk, solved), values(desk, solved), values(desk, waiting)) == (Status.SOLVED, [], [])


def test_a_closed_ticket_is_opened_again_by_a_bad_rating_with_words(desk: Desk) -> None:
    ticket, _ = asked(desk)
    desk.act([ticket], Change(status=Status.CLOSED))
    _, opened = desk.take_ratings([form(ticket_id=ticket, score=1.0, comment="no")])
    assert opened[ticket] == ""
    assert (status_of(desk, ticket), values(desk, ticket)) == (Status.OPEN, [1])


def status_of(desk: Desk, ticket_id: int) -> Status:
    ticket = desk.store.tickets.get(ticket_id)
    assert ticket is not None
    return ticket.status


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "not an object"), ("{", "not JSON"), ('{"ticket": 1}', "`score` is None"),
        ('{"score": 5}', "names no `ticket`"),
        ('{"ticket": 1, "score": 6}', "number from 0 to 5"),
        ('{"ticket": 1, "score": 1, "scale": 50}', "`scale` is 50"),
        ('{"ticket": 1, "score": true}', "`score` is True"),
        ('{"ticket": 1, "score": 1, "at": "yesterday"}', "`at` is"),
        ('{"ticket": 1, "score": 1, "comment": 3}', "`comment` is a text"),
        ('{"ticket": 1, "score": NaN}', "`score` is nan"),
        ('{"token": 5, "score": 1}', "are texts"),
        ('{"ticket": 99999999999999999999, "score": 1}', "names no `ticket`"),
        ('{"ticket": -1, "score": 1}', "names no `ticket`"),
        ('{"ticket": 1, "score": 1, "at": "1900-01-01"}', "`at` is '1900-01-01'"),
        ('{"ticket": 1, "score": 1, "at": 1e300}', "`at` is 1e+300"),
        ('{"ticket": 1, "score": 1e999}', "`score` is inf"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_told_with_its_number(line: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_answer(line, 7)
    assert error.value.message.startswith("line 7: ")
    assert said in error.value.message


def test_the_keys_of_a_line() -> None:
    found = read_answer(
        '{"ticket": "#12", "score": "good", "comment": "a\\u001b[31mb", "at": "2026-11-23T09:30:00Z"}', 1
    )
    assert (found.ticket_id, found.score, found.scale, found.at) == (12, 2.0, 2, 1_795_426_200)
    assert "\x1b" not in found.comment
    assert (
        read_answer('{"id": 7, "ticket": 1, "score": 5}', 1).source
        == read_answer('{"id": 7, "ticket": 1, "score": 4}', 2).source
    )


@given(
    st.one_of(
        st.text(max_size=60), st.sampled_from(["5", "4/5", "★★★★★", "😊", "excelente", "muy mal", "great, thanks"])
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_read_out_of_an_ordinary_message(desk: Desk, text: str) -> None:
    count = len(list(desk.store.messages.each()))
    ticket, reference = asked(desk, asks=False) if count == 0 else (1, desk.store.messages.of(1)[1].message_id)
    write(desk, text, count + 10, references=(reference,))
    assert list(desk.store.csat.each(everything=True)) == []
    assert all(event.kind != "rated" for event in desk.store.events.of(ticket))


KEYS = st.sampled_from(["ticket", "message_id", "token", "score", "scale", "comment", "at", "id"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
        max_leaves=8,
    )
)
def test_any_json_is_an_answer_or_told(value: object) -> None:
    try:
        found = read_answer(json.dumps(value), 1)
    except InputError:
        return
    assert 0 <= found.score <= found.scale
    assert found.ticket_id or found.token or found.message_id


_UNMARKED = "5\n\nOn Mon, Nov 2, 2026 at 9:00 AM Support <s@desk.example> wrote:\nHi Ana.\nIt still does not work."


@pytest.mark.parametrize(
    ("text", "files"), [(_UNMARKED, ()), ("5", (Attachment("broken.jpg", "image/jpeg", 10, "ab", 1),))]
)
def test_a_score_with_a_file_or_above_lines_that_may_be_the_customers_is_read(
    desk: Desk, text: str, files: tuple[Attachment, ...]
) -> None:
    """The score counts, but someone has to look at what else is there, as with thanks."""
    ticket, reference = asked(desk)
    write(desk, text, 2, new_text="5", references=(reference,), attachments=files)
    assert values(desk, ticket) == [5]
    assert stand(desk, ticket) == (Status.OPEN, 1)


def test_a_score_above_a_marked_quote_or_in_a_signed_mail_leaves_the_ticket_solved(desk: Desk) -> None:
    """A marked quote holds no word of the customer's, and a signature's file proves only who wrote."""
    ticket, reference = asked(desk)
    text = "5\n\nOn Mon, Nov 2, 2026 at 9:00 AM Support <s@desk.example> wrote:\n> Hi Ana.\n> It still does not work."
    signed = (Attachment("smime.p7s", "application/pkcs7-signature", 10, "ab", 1),)
    write(desk, text, 2, new_text="5", references=(reference,), attachments=signed)
    assert values(desk, ticket) == [5]
    assert stand(desk, ticket) == (Status.SOLVED, 0)
