"""Dated words in an answer, read in two languages, in any zone and over clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.records.customers import Customer
from queues.clocks.calendar import ALWAYS, Calendar
from queues.clocks.time_words import read_due
from queues.promises.find_promises import OFFICE, office_for, promise_in, promises_in

MADRID = replace(OFFICE, time_zone="Europe/Madrid")
ZONES = ("UTC", "Europe/Madrid", "America/Mexico_City", "America/Santiago", "Asia/Kolkata", "Pacific/Apia")
moments = st.integers(1_600_000_000, 2_100_000_000)
offices = st.sampled_from([replace(OFFICE, time_zone=zone) for zone in ZONES] + [ALWAYS])


def at(text: str, zone: str = "Europe/Madrid") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def due(text: str, now: str = "2026-11-25 10:00", office: Calendar = MADRID) -> str:
    """Tell when the promise of a text is due, in Madrid; the default moment is a Wednesday."""
    found = promise_in(text, at(now), office)
    if found is None:
        return ""
    return datetime.fromtimestamp(found.due_at, ZoneInfo("Europe/Madrid")).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Te respondo en 24 h.", "Thu 26 10:00"),
        ("Gracias. Mañana te escribo.", "Thu 26 18:00"),
        ("Mañana por la mañana le confirmamos el cambio.", "Thu 26 12:00"),
        ("Te llamo pasado mañana.", "Fri 27 18:00"),
        ("Le responderé antes del lunes.", "Fri 27 18:00"),
        ("Te escribo el viernes a las 5.", "Fri 27 17:00"),
        ("Recibirás una respuesta en un plazo de 48 horas hábiles.", "Wed 02 13:00"),
        ("Le contestaremos en 2 días laborables.", "Fri 27 18:00"),
        ("Nos pondremos en contacto con usted la semana que viene.", "Fri 04 18:00"),
        ("Te aviso esta tarde.", "Wed 25 18:00"),
        ("En las próximas 24 horas te responderé.", "Thu 26 10:00"),
        ("Tendrá una respuesta en un par de días.", "Fri 27 10:00"),
        ("Le daremos una respuesta el 3 de diciembre.", "Thu 03 18:00"),
        ("I'll get back to you by Friday.", "Fri 27 18:00"),
        ("I’ll get back to you by Friday.", "Fri 27 18:00"),
        ("We will reply within two business days, thank you.", "Fri 27 18:00"),
        ("You will receive an answer in 24-48 hours.", "Fri 27 10:00"),
        ("You will hear from us by 27 November at 17:00.", "Fri 27 17:00"),
        ("We'll let you know by the end of the day.", "Wed 25 18:00"),
        ("I'll call you tomorrow morning.", "Thu 26 12:00"),
        ("I will write to you before next Monday", "Fri 27 18:00"),
        ("Te llamo a las once.", "Wed 25 11:00"),
        ("Te llamo en once minutos.", "Wed 25 10:11"),
        ("I will ring you on Monday at quarter to ten.", "Mon 30 09:45"),
        ("I'll ring you at half past nine tomorrow.", "Thu 26 09:30"),
        ("We will have an answer for you on Monday at 10.", "Mon 30 10:00"),
        ("Te llamo el lunes a las cuatro y media.", "Mon 30 16:30"),
        ("Le llamaré mañana a las diez menos cuarto.", "Thu 26 09:45"),
        ("Le contactaremos el viernes 4 de diciembre a las 9:30.", "Fri 04 09:30"),
        ("I'll get back to you on Friday, December 4.", "Fri 04 18:00"),
        ("We'll write before Friday, 4 December.", "Thu 03 18:00"),
        ("Le escribimos antes del viernes 4 de diciembre.", "Thu 03 18:00"),
        ("You'll hear back from us within a fortnight.", "Wed 09 10:00"),
        ("Le daremos respuesta en el plazo de un mes.", "Fri 25 10:00"),
        ("My colleague will contact you within the hour.", "Wed 25 11:00"),
        ("Un compañero te llamará en la próxima hora.", "Wed 25 11:00"),
        ("I'm going to call you back in twenty minutes.", "Wed 25 10:20"),
        ("We aim to respond within one business day.", "Thu 26 18:00"),
        ("I promise to reply by tomorrow.", "Thu 26 18:00"),
        ("Me comprometo a responderte mañana.", "Thu 26 18:00"),
        ("Prometo avisarte antes de las seis.", "Wed 25 18:00"),
        ("I'll write once you confirm by Friday.", ""),
        ("I'll call you at 10 Downing Street.", ""),
        ("I will reply at once.", ""),
        ("I aim to please by Monday.", ""),
        ("I promise not to write by Friday.", ""),
        ("We never promise to reply by Friday.", ""),
        ("Our Payments team will answer you by 5 pm.", "Wed 25 17:00"),
        ("I am on it and will update you by 9:30.", "Thu 26 09:30"),
        ("I will email you by December 3rd.", "Thu 03 18:00"),
        ("We'll reply by the end of the month.", "Mon 30 18:00"),
        ("We'll answer on Wednesday.", "Wed 02 18:00"),
        ("I'll write on Friday; we will call you in an hour.", "Wed 25 11:00"),
    ],
)
def test_a_word_given_is_dated(text: str, when: str) -> None:
    assert due(text) == when


@pytest.mark.parametrize(
    "text",
    [
        "If you write before Monday, I will answer.",
        "Will you write to me tomorrow?",
        "I will not reply today. No te respondo mañana. Nunca le escribiremos antes del lunes.",
        "You can reply within 14 days. Please answer by Friday. Puede responder en 14 días.",
        "I wrote to you on Monday, as we said yesterday. Le escribí el lunes.",
        "I'll get back to you as soon as I can. Te respondo pronto.",
        "> I'll get back to you by Friday.",
        "I will call you when the parcel arrives on Friday.",
        "We'll reply on 31 February. We will answer within 0 hours.",
        "The refund is visible within 5 days. El reembolso se ve por la mañana.",
    ],
)
def test_what_gives_no_dated_word_is_left_alone(text: str) -> None:
    assert due(text) == ""


def test_the_office_says_what_a_working_day_is() -> None:
    bridge = replace(MADRID, holidays=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
    assert due("We will reply within 2 business days.", office=bridge) == "Tue 01 18:00"
    assert due("Le respondo antes del lunes.", office=bridge) == "Wed 25 18:00"
    assert due("We will reply within 1 working day.", "2026-11-27 20:00") == "Mon 30 18:00"
    assert due("I'll write tomorrow.", office=ALWAYS) == "Fri 27 00:59"  # the end of the day in UTC


@pytest.mark.parametrize(("now", "when"), [("2026-10-24 10:00", "Sun 25 09:00"), ("2026-03-28 10:00", "Sun 29 11:00")])
def test_hours_are_real_and_days_are_the_clocks(now: str, when: str) -> None:
    assert due("Te respondo en 24 horas.", now) == when
    assert due("Te respondo en 1 día.", now) == when[:-5] + "10:00"


@pytest.mark.parametrize(
    ("region", "zone"),
    [("es-MX", "America/Mexico_City"), ("en_GB", "Europe/London"), ("es", "Europe/Madrid"), ("", "Europe/Madrid")],
)
def test_a_customers_region_tells_their_clock(region: str, zone: str) -> None:
    office = office_for(MADRID, Customer(1, "Ana", region=region))
    assert office.time_zone == zone
    found = promise_in("Te escribo mañana.", at("2026-11-25 10:00"), office)
    assert found is not None
    assert datetime.fromtimestamp(found.due_at, ZoneInfo(zone)).hour == 18


def test_the_words_are_pointed_at() -> None:
    text = "Hola Ñu: gracias.\nEl lunes te escribo, y mañana te llamo a las 17:30."
    found = promises_in(text, at("2026-11-25 10:00"), MADRID)
    assert [text[one.start : one.end] for one in found] == ["El lunes te escribo", "te llamo a las 17:30"]
    assert [one.text for one in found] == [text[one.start : one.end] for one in found]


@given(moments, offices, st.integers(1, 90))
def test_hours_pass_as_they_are(now: int, office: Calendar, hours: int) -> None:
    found = promise_in(f"We will reply within {hours} hours.", now, office)
    assert found is not None
    assert found.due_at == now + hours * 3600


@given(moments, offices)
def test_tomorrow_is_tomorrow_there(now: int, office: Calendar) -> None:
    zone = ZoneInfo(office.time_zone)
    today = datetime.fromtimestamp(now, zone).date()
    for text in ("Mañana te escribo.", "I'll write to you tomorrow at 3 pm."):
        found = promise_in(text, now, office)
        assert found is not None
        assert datetime.fromtimestamp(found.due_at, zone).date() == today + timedelta(days=1)


@given(moments, offices, st.sampled_from(["Monday", "Wednesday", "Sunday"]))
def test_a_weekday_is_the_next_of_its_name(now: int, office: Calendar, name: str) -> None:
    zone = ZoneInfo(office.time_zone)
    found = promise_in(f"We will answer on {name}.", now, office)
    assert found is not None
    then = datetime.fromtimestamp(found.due_at, zone)
    assert then.strftime("%A") == name
    assert 1 <= (then.date() - datetime.fromtimestamp(now, zone).date()).days <= 7


@given(moments, st.integers(1, 15), st.sampled_from(ZONES))
def test_working_days_are_counted_without_weekends(now: int, days: int, zone: str) -> None:
    office = replace(OFFICE, time_zone=zone)
    found = promise_in(f"We will reply within {days} business days.", now, office)
    assert found is not None
    first, last = (datetime.fromtimestamp(moment, ZoneInfo(zone)).date() for moment in (now, found.due_at))
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(day.weekday() < 5 for day in between) == days
    assert last.weekday() < 5


@given(
    moments, offices, st.text(alphabet=st.sampled_from("Iİ'll writeteyouscribo mañanlués24h 1.?\n:/-5"), max_size=120)
)
def test_any_text_can_be_read_and_nothing_is_due_in_the_past(now: int, office: Calendar, text: str) -> None:
    for words in (text, f"Te escribo {text}", f"I will write to you by {text}"):
        for one in promises_in(words, now, office):
            assert now < one.due_at
            assert 0 <= one.start < one.end <= len(words)
            assert one.text == words[one.start : one.end]


def test_far_moments_do_not_fail() -> None:
    assert (
        promise_in("Te escribo el 3 de marzo.", int(datetime(2038, 1, 20, tzinfo=UTC).timestamp()), MADRID) is not None
    )


@pytest.mark.parametrize(
    ("answer", "when"),
    [
        ("tomorrow", "Thu 26 18:00"),
        ("Viernes 17:00", "Fri 27 17:00"),
        ("2 days", "Fri 27 10:00"),
        ("3h", "Wed 25 13:00"),
        ("5pm", "Wed 25 17:00"),
        ("a las 5", "Wed 25 17:00"),
        ("17:30", "Wed 25 17:30"),
        ("mañana 9:15", "Thu 26 09:15"),
    ],
)
def test_an_agents_answer_is_read_without_small_words(answer: str, when: str) -> None:
    found = read_due(answer, at("2026-11-25 10:00"), MADRID)
    assert found is not None
    assert datetime.fromtimestamp(found, ZoneInfo("Europe/Madrid")).strftime("%a %d %H:%M") == when


@pytest.mark.parametrize("answer", ["", "soon", "0 days", "31 February", "yesterday"])
def test_an_answer_without_a_time_to_come_is_none(answer: str) -> None:
    assert read_due(answer, at("2026-11-25 10:00"), MADRID) is None
