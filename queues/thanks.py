"""Messages of nothing but thanks, in English and Spanish: they need no answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from queues.conditions import fold

_MOST_WORDS = 12
_THANKS = """
    thanks thank thx tysm ty cheers gracias grax agradecida agradecido agradezco
"""
_ALONGSIDE = """
    you so much very a lot for your the help all everything that it works now working again got in is was great perfect
    awesome amazing brilliant lovely nice good best wonderful really guys team support quick fast reply answer
    appreciate have day one solved fixed sorted and me my of ok okay super
    muchas mil muchisimas por su tu la el ayuda todo ya funciona va bien genial perfecto perfecta excelente estupendo de
    verdad equipo rapida rapido respuesta resuelto solucionado arreglado y muy amable amables buen dia un una saludos
    saludo abrazo lo os te les atencion vale listo pude entrar que tengas tengan feliz
"""
"""Words that may stand beside thanks without asking for anything."""
_THANKING = frozenset(_THANKS.split())
_HARMLESS = _THANKING | frozenset(_ALONGSIDE.split())
_GLAD = re.compile(r"[\s!.,;:()\u2665\u2764\ufe0f\u200d\u263a\U0001f3fb-\U0001f3ff]*")
_GLAD_SIGNS = frozenset("🙏❤♥👍😊🥰💕💖🙌👏😍💜💙🤗😘💛💚✨🎉☺")


def is_thanks(text: str) -> bool:
    """Tell whether a message only thanks: a few friendly words with thanks among them, or glad signs and no word.

    A question, a `but` or any other word that might ask for something makes it an ordinary message.
    """
    if "?" in text or "¿" in text:
        return False
    words = fold(text).split()
    if not words:
        return any(char in _GLAD_SIGNS for char in text) and all(
            char in _GLAD_SIGNS or _GLAD.fullmatch(char) for char in text
        )
    return len(words) <= _MOST_WORDS and not _THANKING.isdisjoint(words) and is_harmless(words)


def is_harmless(words: Iterable[str]) -> bool:
    """Tell whether folded words are all of those that thank, or that stand beside thanks and ask for nothing."""
    return _HARMLESS.issuperset(words)
