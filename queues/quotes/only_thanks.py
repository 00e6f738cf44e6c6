"""Messages of nothing but thanks, in English and Spanish: they need no answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from data.records.incoming import Incoming
from queues.ground.folded_text import fold
from queues.quotes.new_text import split

_MOST_WORDS, _MOST_CHARACTERS = 12, 400
_SHORTEST_NAME = 3
_THANKS = """
    thanks thank thx tysm ty cheers gracias grax agradecida agradecido agradezco agradece agradecemos appreciated
    danke dank merci remercie obrigado obrigada grazie
"""
_ALONGSIDE = """
    you so much very a lot for your the help all everything that it works now working again got in is was great perfect
    awesome amazing brilliant lovely nice good best wonderful really guys team support quick fast reply answer
    appreciate have day one solved fixed sorted and me my of ok okay super
    muchas mil muchisimas por su tu la el ayuda todo ya funciona va bien genial perfecto perfecta excelente estupendo de
    verdad equipo rapida rapido respuesta resuelto solucionado arreglado y muy amable amables buen dia un una saludos
    resuelta solucionada arreglada saludo abrazo lo os te les atencion vale listo pude entrar que tengas tengan feliz
    many lots heaps service kind kindly fabulous fantastic superb excellent received noted weekend
    rapidez amabilidad servicio trato fantastico estupenda fenomenal recibido correcto fin semana
    million bunch ton with mate folks dear this out sorting fixing solving helping quickly fast prompt promptly
    efficient a ustedes vosotros vos usted mucho muchos se pronta pronto eficaz eficiente dale barbaro joya chevere
    bacan padrisimo hermosa tardes noches excelentes linda lindo igualmente saludito bendiciones
    vielen ihnen dir herzlichen schon beaucoup vous muito muita pela mille
    hello hi hey hola buenas buenos dias both ever worked perfectly understood noted star legend lifesaver bless god
    info information update letting know patience solution
    entendido anotado perfectamente crack genio genia sos eres corazon dios bendiga informacion informarme paciencia
    solucion avisar avisarme contestar contestarme responder responderme
"""
"""Words that may appear next to thanks without asking for anything."""
_THANKING = frozenset(_THANKS.split())
_HARMLESS = _THANKING | frozenset(_ALONGSIDE.split())
_WANTED = (
    r"(?:help|support|answers?|reply|replies|info|information|update|patience|solution|ayuda|respuestas?|informaci[óo]n|"
    r"paciencia|soluci[óo]n|avisar(?:me)?|contestar(?:me)?|responder(?:me)?|informarme)"
)
_ASKED_FOR = re.compile(rf"\b{_WANTED}\b", re.IGNORECASE)
_FOR_IT = re.compile(
    r"\b(?:(?:for|your|the|por|su|tu|vuestra|sus|tus)(?: [^\W\d_]+){0,3}|great|gran|de|customer) "
    rf"{_WANTED}\b(?! me\b)(?: (?:team|equipo))?",
    re.IGNORECASE,
)
"""Help is thanked for as "for your help"; elsewhere it is asked for."""
_NO_LONGER = re.compile(r"\bwas (?:all )?working\b", re.IGNORECASE)
"""What was so, and may be so no longer."""
_SOLVED = re.compile(
    r"\b(?:(?:the|my|el|mi) )?(?:problem|issue|problema|incidencia) (?:is |was |está |esta |ya )*"
    r"(?=(?:solved|fixed|sorted|resuelt[oa]|solucionad[oa]|arreglad[oa])\b)|"
    r"\bya qued[óo]\b|\bquedó\b|(?:(?<=thanks )|(?<=thank you ))again\b",
    re.IGNORECASE,
)
"""A problem is harmless only where it is said to be solved, `again` only where it repeats the thanks."""
_SAD = re.compile(r"[:;=]['’]?-?[(\[/\\|<]|\)-?['’]?[:;=]|-_-|>_<|¬_?¬|T_T", re.IGNORECASE)
_GLAD = re.compile(r"[\s!.,;:()\u2665\u2764\ufe0f\u200d\u263a\U0001f3fb-\U0001f3ff]*")
_GLAD_SIGNS = frozenset("🙏❤♥👍😊🥰💕💖🙌👏😍💜💙🤗😘💛💚✨🎉☺")


_SIGNED = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
"""Types of parts that mail programs add to prove who wrote; they are not the customer's attachments."""


def only_thanks(item: Incoming, agent: str = "") -> bool:
    """Return whether a message thanks and holds no more than the name of its writer, or of the agent thanked."""
    names = frozenset(name for name in fold(f"{item.from_name} {agent}").split() if len(name) >= _SHORTEST_NAME)
    return is_all_in_sight(item) and all(is_thanks(text, names) for text in (split(item.text).text, item.new_text))


def is_all_in_sight(item: Incoming) -> bool:
    """Return whether `new_text` is all that a customer sent: no file, no line cut off that may be the customer's."""
    if any(attachment.content_type not in _SIGNED for attachment in item.attachments):
        return False
    return split(item.text).sure


def is_thanks(text: str, names: Collection[str] = ()) -> bool:
    """Return whether a message only thanks: a few friendly words with thanks among them, or glad signs and no word.

    A question, a `but`, a call for help, an unhappy sign or anything else that might ask makes it an ordinary message.
    `names`, folded, are those of people who are greeted or who sign.
    """
    if len(text) > _MOST_CHARACTERS or "?" in text or "¿" in text or _SAD.search(text) or _NO_LONGER.search(text):
        return False
    if _ASKED_FOR.search(_FOR_IT.sub(" ", text)):
        return False
    if any(
        unicodedata.category(sign) == "So" and sign not in _GLAD_SIGNS and not _GLAD.fullmatch(sign) for sign in text
    ):
        return False
    words = fold(_SOLVED.sub("", text)).split()
    if not words:
        return any(char in _GLAD_SIGNS for char in text) and all(
            char in _GLAD_SIGNS or _GLAD.fullmatch(char) for char in text
        )
    said = [word for word in words if word not in names]
    return len(words) <= _MOST_WORDS and not _THANKING.isdisjoint(said) and is_harmless(said)


def is_harmless(words: Iterable[str]) -> bool:
    """Return whether all words thank, or appear next to thanks and ask for nothing."""
    return _HARMLESS.issuperset(words)
