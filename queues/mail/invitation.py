"""What an invitation says (RFC 5545): its summary, when, where, from whom."""

from __future__ import annotations

import re

_FIELDS = {
    "SUMMARY": "",
    "DTSTART": "From",
    "DTEND": "Until",
    "LOCATION": "Place",
    "ORGANIZER": "By",
    "DESCRIPTION": "",
}
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?$")


def invitation_text(calendar: str) -> str:
    """Return the first event of a calendar in words; empty if there is none."""
    lines = re.sub(r"\r?\n[ \t]", "", calendar[:200_000]).splitlines()
    said: dict[str, str] = {}
    inside = False
    for line in lines:
        name, _, value = line.partition(":")
        field, *parameters = name.split(";")
        if line.strip().upper() == "BEGIN:VEVENT":
            inside = True
        elif line.strip().upper() == "END:VEVENT":
            break
        elif inside and field.upper() in _FIELDS and value.strip():
            zone = next((parameter[5:] for parameter in parameters if parameter.upper().startswith("TZID=")), "")
            said.setdefault(field.upper(), _value(field.upper(), value.strip(), zone))
    return "\n".join(f"{_FIELDS[name]}: {said[name]}".removeprefix(": ") for name in _FIELDS if name in said)


def _value(name: str, value: str, zone: str) -> str:
    when = _TIME.match(value)
    if name.startswith("DT") and when:
        year, month, day, hour, minute, _, universal = when.groups()
        time = f" {hour}:{minute}" if hour else ""
        return f"{year}-{month}-{day}{time} {'UTC' if universal else zone}".rstrip()
    value = re.sub(r"\\([,;\\])", r"\1", re.sub(r"\\n", "\n", value, flags=re.I))
    return re.sub(r"^mailto:", "", value, flags=re.I) if name == "ORGANIZER" else value
