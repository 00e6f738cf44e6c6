"""Chat transcripts: which lines are the customer's turns."""

from __future__ import annotations

import re

_CLOCK = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? )?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?"
_TURN = re.compile(
    rf"^\s*(?:[\[(]?{_CLOCK}[\])]?\s*[-–]?\s*)?([^\W\d_][\w .'’\-]{{0,38}}?)\s?"
    rf"(?:[\[(]{_CLOCK}[\])]\s?)?[:：]\s+(\S.*)$",
    re.I,
)
_HEAD = re.compile(rf"^\s*([^\W\d_][\w .'’\-]{{0,38}})\n\s*[\[(]?{_CLOCK}[\])]?\s*\n", re.I | re.M)
"""A name and, on the next line, a time: the turn follows below."""
_OURS = re.compile(
    r"\b(?:agente?s?|support|soporte|suporte|suport|bot|chatbot|assistant|asistente|assistente|system|sistema|helpdesk|"
    r"advisor|operat(?:or|ore|rice)|operador[ae]?|atendente|opérat(?:eur|rice)|conseill(?:er|ère)|berater(?:in)?|team|"
    r"equipo|equip|equipe|équipe|kundenservice|mitarbeiter(?:in)?|temsilci|petugas|nhân viên|consulente|from)\b",
    re.I,
)
_DESK = re.compile(
    r"\b(?:help|support|ayuda|ajuda|axuda|aide|aiuto|hilfe|assist(?:ance|enza)|atención|atendimento|care|service|"
    r"servicio|bantuan|yardım|hỗ trợ)\b",
    re.I,
)
"""In a speaker's name these are ours; before a form's field they are not."""
_THEIRS = re.compile(
    r"^(?:customer|client|cliente?|user|usuari[oa]?|visitor|visitante|kunde|kundin|utente|utilisateur|visiteur|"
    r"pelanggan|müşteri|khách(?: hàng)?|me|yo|eu|you)\b",
    re.I,
)


def is_ours(label: str) -> bool:
    """Return whether the name before a colon is one of ours, as transcripts write it."""
    return bool(_OURS.search(label))


def customer_turns(text: str) -> str:
    """Of a chat transcript, keep the customer's turns; any other text stays as it is."""
    text = _HEAD.sub(r"\1: ", text)
    if text.count(":") + text.count("：") < 2:
        return text
    turns = [_TURN.match(line[:2000]) for line in text.split("\n")]
    speakers = {turn[1].strip().lower() for turn in turns if turn}
    our_speakers = {speaker for speaker in speakers if _OURS.search(speaker) or _DESK.search(speaker)}
    theirs = {speaker for speaker in speakers if _THEIRS.match(speaker)} - our_speakers
    if not our_speakers and not theirs:
        return text
    keep = theirs or speakers - our_speakers
    return "\n".join(turn[2] for turn in turns if turn and turn[1].strip().lower() in keep)
