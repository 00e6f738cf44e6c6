"""A time that is typed is read whole, in English and Spanish, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.clocks.time_words import EXAMPLES, read_due, read_time
from queues.promises.find_promises import OFFICE

MADRID = replace(OFFICE, time_zone="Europe/Madrid")
ZONE = ZoneInfo("Europe/Madrid")
NOW = int(datetime(2026, 11, 25, 10, 0, tzinfo=ZONE).timestamp())
"""A Wednesday."""


def shown(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, ZONE).strftime("%a %Y-%m-%d %H:%M")


READ = """
30m                     Wed 2026-11-25 10:30
1h30m                   Wed 2026-11-25 11:30
1h30                    Wed 2026-11-25 11:30
1 h 30 min              Wed 2026-11-25 11:30
1 hour and 30 minutes   Wed 2026-11-25 11:30
una hora y media        Wed 2026-11-25 11:30
1,5 horas               Wed 2026-11-25 11:30
media hora              Wed 2026-11-25 10:30
1 day 3 hours           Thu 2026-11-26 13:00
in 2 days               Fri 2026-11-27 10:00
2 días                  Fri 2026-11-27 10:00
dentro de dos días      Fri 2026-11-27 10:00
in 2 days at 9:00       Fri 2026-11-27 09:00
2 días hábiles          Fri 2026-11-27 09:00
una semana              Wed 2026-12-02 10:00
1 month                 Fri 2026-12-25 10:00
1 mes                   Fri 2026-12-25 10:00
3 months                Thu 2027-02-25 10:00
1 año                   Thu 2027-11-25 10:00
9:00                    Thu 2026-11-26 09:00
10:30                   Wed 2026-11-25 10:30
5pm                     Wed 2026-11-25 17:00
a las 5                 Wed 2026-11-25 17:00
a las 9 y media         Thu 2026-11-26 09:30
a las 12 menos cuarto   Wed 2026-11-25 11:45
mañana                  Thu 2026-11-26 09:00
Mañana a las 9          Thu 2026-11-26 09:00
tomorrow at 9           Thu 2026-11-26 09:00
9:30 mañana             Thu 2026-11-26 09:30
mañana por la tarde     Thu 2026-11-26 15:00
tonight                 Wed 2026-11-25 20:00
pasado mañana           Fri 2026-11-27 09:00
the day after tomorrow  Fri 2026-11-27 09:00
el lunes                Mon 2026-11-30 09:00
next Monday             Mon 2026-11-30 09:00
el lunes que viene      Mon 2026-11-30 09:00
Wednesday               Wed 2026-12-02 09:00
fri 17:00               Fri 2026-11-27 17:00
el jueves, a las 10:15  Thu 2026-11-26 10:15
next week               Mon 2026-11-30 09:00
el mes que viene        Tue 2026-12-01 09:00
24 dic                  Thu 2026-12-24 09:00
24 December             Thu 2026-12-24 09:00
December 24th           Thu 2026-12-24 09:00
24 de diciembre de 2027 Fri 2027-12-24 09:00
24/12                   Thu 2026-12-24 09:00
2026-12-24 9:30         Thu 2026-12-24 09:30
5 de enero a las 10     Tue 2027-01-05 10:00
el 24                   Thu 2026-12-24 09:00
29 feb                  Tue 2028-02-29 09:00
fin de mes              Mon 2026-11-30 09:00
end of the month        Mon 2026-11-30 09:00
a finales de mes        Mon 2026-11-30 09:00
this weekend            Sat 2026-11-28 09:00
a las once              Wed 2026-11-25 11:00
midnight                Thu 2026-11-26 00:00
a medianoche            Thu 2026-11-26 00:00
primero de enero        Fri 2027-01-01 09:00
17.30                   Wed 2026-11-25 17:30
14.05                   Fri 2027-05-14 09:00
el lunes 30             Mon 2026-11-30 09:00
friday 4 at 3pm         Fri 2026-12-04 15:00
viernes 4 15:30         Fri 2026-12-04 15:30
a primera hora del lunes Mon 2026-11-30 09:00
viernes a última hora   Fri 2026-11-27 18:00
in twenty minutes       Wed 2026-11-25 10:20
cuarenta y cinco minutos Wed 2026-11-25 10:45
en once días            Sun 2026-12-06 10:00
end of the week         Fri 2026-11-27 09:00
eod                     Wed 2026-11-25 18:00
mañana al final del día Thu 2026-11-26 18:00
viernes 17h             Fri 2026-11-27 17:00
viernes a las 17h30     Fri 2026-11-27 17:30
17h                     Thu 2026-11-26 03:00
a las ocho y media      Thu 2026-11-26 08:30
mañana a las 8 y media  Thu 2026-11-26 08:30
a la una                Wed 2026-11-25 13:00
8 en punto              Thu 2026-11-26 08:00
half past five          Wed 2026-11-25 17:30
tomorrow at five        Thu 2026-11-26 17:00
quarter to nine         Thu 2026-11-26 08:45
hora y media            Wed 2026-11-25 11:30
tres cuartos de hora    Wed 2026-11-25 10:45
lunes 30 nov            Mon 2026-11-30 09:00
Monday 30 November      Mon 2026-11-30 09:00
Monday next week        Mon 2026-11-30 09:00
2026-12-24T09:30        Thu 2026-12-24 09:30
next fri 5pm            Fri 2026-11-27 17:00
"""


@pytest.mark.parametrize("line", READ.strip().splitlines())
def test_what_people_write_is_read(line: str) -> None:
    text, when = line[:24].strip(), line[24:].strip()
    assert shown(read_time(text, NOW, MADRID)) == when


@pytest.mark.parametrize(
    "text",
    ["", "soon", "9", "45", "2d foo", "1 month please", "1 monthh", "monday tuesday", "2 days ago", "-2d", "yesterday",
     "31 feb", "12/24", "25:00", "9:60", "1h 1h", "de 3 a 5", "24/12/2025", "hoy a las 9", "2 días o 3", "9999 years",
     "1.5 months", "next", "el", "at", "1 m o 2", "not monday", "2h 3d at 9", "Tuesday 30 November",
     "tomorrow 2h", "at two days", "half past", "de lunes a viernes", "24 dec 25 dec", "today tomorrow", "una", "dos",
     "before Friday", "antes del viernes", "at once", "once", "mañana a medianoche", "el martes 30", "primero de mes"],
)  # fmt: skip
def test_what_is_not_wholly_a_time_is_refused(text: str) -> None:
    assert read_time(text, NOW, MADRID) is None


@pytest.mark.parametrize("example", EXAMPLES.split(", "))
def test_the_examples_of_the_refusal_are_times(example: str) -> None:
    assert read_time(example, NOW, MADRID) is not None
    assert read_due(example, NOW, MADRID) is not None


moments = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1))
zones = st.sampled_from(["UTC", "Europe/Madrid", "America/Santiago", "Asia/Kolkata", "Pacific/Apia"])
FORMS = ("%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d %B %Y at %H:%M", "%B %d, %Y %H:%M", "%H:%M %d %b %Y")


@given(moments, moments, zones, st.sampled_from(FORMS))
def test_a_moment_that_is_written_is_read_back(now: datetime, then: datetime, zone: str, form: str) -> None:
    there = ZoneInfo(zone)
    wanted = then.replace(second=0, microsecond=0, tzinfo=there)
    found = read_time(then.strftime(form), int(now.replace(tzinfo=there).timestamp()), replace(OFFICE, time_zone=zone))
    assert found == (
        int(wanted.timestamp()) if wanted.timestamp() >= int(now.replace(tzinfo=there).timestamp()) else None
    )


@given(st.integers(0, 9999), st.sampled_from([("m", 60), ("minutes", 60), ("h", 3600), ("horas", 3600)]))
def test_a_length_is_read_back(count: int, unit: tuple[str, int]) -> None:
    assert read_time(f"{count} {unit[0]}", NOW, MADRID) == NOW + count * unit[1]


TYPED = "1 2 24 h m d 30 month mes dic mañana lunes at a las 9 9:00 y de el next in pm foo , ."
WORDS = st.sampled_from(TYPED.split())
READABLE = [line[:24].strip() for line in READ.strip().splitlines()]


@given(st.one_of(st.text(max_size=15), st.lists(WORDS, max_size=6).map(" ".join)), st.booleans())
def test_any_text_is_a_time_to_come_or_none(text: str, day_end: bool) -> None:
    found = read_time(text, NOW, MADRID, day_end=day_end)
    assert found is None or found >= NOW


@given(
    st.sampled_from([line[:24].strip() for line in READ.strip().splitlines()]),
    st.sampled_from(["foo", "xyz", "???", "please"]),
)
def test_a_word_more_is_never_overlooked(text: str, word: str) -> None:
    assert read_time(f"{text} {word}", NOW, MADRID) is None
    assert read_time(f"{word} {text}", NOW, MADRID) is None
