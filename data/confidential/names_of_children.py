"""Names of children: next to `my daughter`, `mi hijo` and their like, or next to an age below eighteen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.confidential.first_look import has_any
from data.confidential.items import Item, Kind

WORDS = (
    "daughter", "son", "kid", "child", "niece", "nephew", "brother", "sister", "girl", "boy", "toddler", "teen",
    "grader",
    "pupil", "year old", "years old", "yo ", "(age", "name is", "llama", "hij", "niñ", "nena", "nene", "sobrin", "niet",
    "herman", "menor", "pequeñ", "alumn", " años",
)  # fmt: skip
"""Of texts that may name a child, for a cheap first look."""
_NAME = r"(?P<name>(?-i:[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]+)(?:[ \-](?-i:[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]+)){0,2})"
_CHILD = (
    r"(?:(?:step|god|grand)?(?:daughter|son|child)|kid|niece|nephew|boy|girl|toddler|teen(?:ager)?|grader|pupil|alumn[oa]"
    r"|(?:little|baby|younger|kid)\s+(?:brother|sister)|hij[oa]|hijit[oa]|niñ[oa]|nen[ea]|sobrin[oa]|niet[oa]|herman(?:it)[oa]"
    r"|hermano\s+pequeño|hermana\s+pequeña|menor|pequeñ[oa])"
)
_WHOSE = r"(?:my|our|her|his|their|a|an|the|this|that|mi|tu|su|nuestr[oa]|un|una|el|la|est[ea])"
_AGE = r"(?P<age>\d{1,2})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_WHOSE}\s+(?:[\w\-]+\s+){{0,3}}?{_CHILD}(?:\s*,\s*|\s+(?:(?:is\s+)?(?:named|called)\s+|whose\s+name\s+is\s+)?){_NAME}",
        rf"\b{_CHILD}(?:['’]s)?\s+(?:name\s+is|is\s+named|es|se\s+llama|is\s+called)\s+{_NAME}",
        rf"\b{_NAME},?\s+(?:is\s+)?(?:my|our|mi|nuestr[oa])\s+{_CHILD}\b",
        rf"\b{_NAME}\s*[,(]\s*(?:aged?\s+|who\s+is\s+|who['’]s\s+|(?:s?he)(?:['’]s|\s+is)\s+|de\s+|tiene\s+)?{_AGE}"
        r"(?:\s*(?:years?|yrs?|y/?o|años)\b|\s*\))",
        rf"\b{_AGE}[\s\-]*(?:years?|yrs?)?[\s\-]*(?:old|y/?o)\s+(?:{_CHILD}\s+)?{_NAME}",
    )
)
_CALLED = re.compile(
    rf"\b(?:(?:her|his|their|the)\s+name\s+is|se\s+llama|llamad[oa]|is\s+called)\s+{_NAME}", re.IGNORECASE
)
_NEAR_A_CHILD = re.compile(
    rf"\b{_CHILD}\b|\b(?:only|just|is|tiene|de)\s+(?:1[0-7]|[1-9]|(?:thir|four|fif|six|seven)teen|ten|eleven|twelve"
    r"|diez|once|doce|trece|catorce|quince)"
    r"\b(?!\s*(?:days?|weeks?|months?|d[íi]as|semanas|meses|%|€|\$))",
    re.IGNORECASE,
)
_NEAR = 80
_NOBODY = re.compile(
    r"(?:Instagram|Facebook|Tik[Tt]ok|You[Tt]ube|Snapchat|Whats[Aa]pp|Discord|Roblox|Minecraft|Fortnite|Twitch|Twitter|Google"
    r"|Apple|Android|Netflix|Steam|Play[Ss]tation|Xbox|Telegram|Please|Help|Hello|Hi|Dear|Thanks|Sorry|Yesterday|Today|Hola|Buen[oa]s|Gracias|Ayer|Hoy|Señor(?:a|ita)?"
    r"|Account|He|She|They|It|We|You|Is|Was|Has|Can|And|But"
    r"|The|This|That|My|When|While|Because|Some(?:one|body)|Necesita|Tiene|Por|Que|Cuando|Alguien|Una?|El|La|Los|Mi|Es|Está|Ha"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|June|July|August|September|October|November"
    r"|December)\b.*"
)


def names_of_children(text: str, low: str) -> Iterator[Item]:
    """Yield the names by which a text calls children."""
    if not has_any(low, WORDS):
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            age = match.groupdict().get("age")
            if (age is None or int(age) < 18) and not _NOBODY.fullmatch(match["name"]):
                yield Item(*match.span("name"), Kind.CHILD)
    for match in _CALLED.finditer(text):
        near = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + _NEAR]
        if any(_NEAR_A_CHILD.search(part) for part in near) and not _NOBODY.fullmatch(match["name"]):
            yield Item(*match.span("name"), Kind.CHILD)
