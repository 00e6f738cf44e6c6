"""Lines that a helpdesk, a form or a mailing adds to what a customer wrote, in the languages that we know."""

from __future__ import annotations

import re

from queues.quotes.new_text import is_frame

_LOOKED_AT = 300
_THIS_MAIL = {
    "en": r"(?:this|the) (?:e-?mail|message|conversation|request|ticket)",
    "es": r"est[ea] (?:correo|e-?mail|mensaje|conversación)",
    "pt": r"est[ea] (?:e-?mail|mensagem|correio)",
    "ca": r"aquest[a]? (?:correu|missatge)",
    "gl": r"est[ae] (?:correo|mensaxe)",
    "it": r"quest[ao] (?:e-?mail|messaggio)",
    "fr": r"(?:ce|cet) (?:message|courriel|e-?mail|mail)",
    "de": r"diese (?:e-?mail|nachricht)",
    "id": r"(?:email|pesan) ini",
    "tr": r"bu (?:e-?posta|mesaj)",
    "vi": r"(?:email|thư|tin nhắn) này",
}
_OPENINGS = (
    # who sent this and why
    rf"{_THIS_MAIL['en']} (?:was|has been|is) (?:sent|submitted|generated|an? auto)|"
    rf"you(?:(?:['’]re| are) receiving| received| have received) {_THIS_MAIL['en']}|"
    r"you(?:['’]re| are) receiving this\b|"
    rf"{_THIS_MAIL['es']} (?:se envió|se ha enviado|ha sido|fue)|"
    rf"(?:ha recibido|recibes?|has recibido) {_THIS_MAIL['es']}|"
    rf"{_THIS_MAIL['pt']} foi|(?:você )?(?:recebeu|está a receber|está recebendo|recebe) {_THIS_MAIL['pt']}|"
    rf"{_THIS_MAIL['ca']} (?:s['’]ha|ha estat)|(?:heu rebut|has rebut|rebeu|reps) {_THIS_MAIL['ca']}|"
    rf"{_THIS_MAIL['gl']} (?:foi|enviouse)|(?:recibiu|recibe|recibiches) {_THIS_MAIL['gl']}|"
    rf"{_THIS_MAIL['it']} è stat[ao]|(?:hai|ha|avete) ricevuto {_THIS_MAIL['it']}|ricevi {_THIS_MAIL['it']}|"
    rf"{_THIS_MAIL['fr']} (?:a été|vous a été)|vous (?:recevez|avez reçu) {_THIS_MAIL['fr']}|"
    rf"{_THIS_MAIL['de']} (?:wurde|ist eine auto)|sie (?:erhalten|haben) {_THIS_MAIL['de']}|"
    rf"{_THIS_MAIL['id']} dikirim|anda menerima {_THIS_MAIL['id']}|"
    rf"{_THIS_MAIL['tr']}.{{0,40}}(?:gönderil|aldınız|alıyorsunuz)|"
    rf"{_THIS_MAIL['vi']} được gửi|bạn nhận được {_THIS_MAIL['vi']}",
    # answer here
    rf"(?:you can )?(?:please )?reply (?:directly )?to {_THIS_MAIL['en']}|"
    rf"(?:puede[s]? )?respond(?:er|a|e) (?:directamente )?a {_THIS_MAIL['es']}|"
    rf"(?:pode )?respond(?:er|a) a {_THIS_MAIL['pt']}|"
    rf"(?:podeu )?respon(?:dre|eu) (?:a )?{_THIS_MAIL['ca']}|(?:pode )?respond(?:er|a) a {_THIS_MAIL['gl']}|"
    rf"(?:può )?rispond(?:ere|a|i) a {_THIS_MAIL['it']}|(?:vous pouvez )?répond(?:re|ez) à {_THIS_MAIL['fr']}|"
    rf"(?:bitte )?antworten sie (?:einfach )?auf {_THIS_MAIL['de']}|balas {_THIS_MAIL['id']}|"
    rf"{_THIS_MAIL['tr']}yı? yanıtla|trả lời {_THIS_MAIL['vi']}",
    # by itself
    r"auto(?:matic)?[- ]?(?:reply|response)|(?:respuesta|resposta|risposta) autom[àáa]tica|"
    r"réponse automatique|automatische antwort|balasan otomatis|otomatik yanıt|trả lời tự động|"
    r"un(?:subscribe|assigned)\b.{0,60}(?:settings|notifications|here)|unsubscribe\W*$|manage (?:your )?notifications|"
    r"(?:darse|date|dese) de baja (?:de|en|aquí)|"
    r"cancel(?:ar|le) (?:la|su|tu|a sua) (?:suscripción|inscrição) (?:a|aquí|aqui)|"
    r"se désabonner|annulla (?:l['’])?iscrizione|\(?translated (?:by|from|with)|\(?traducido (?:por|de|con)|"
    r"view (?:on|in) [A-Z]\w+|(?:\S+ )?mentioned you in (?:a|this) (?:comment|post|conversation)|"
    r"(?:\S+ ){1,3}(?:replied|commented) (?:to|on) your|"
    # from outside
    r"\[?(?:external|caution|warning)\b.{0,20}(?:e-?mail|sender|message)|caution:|"
    r"\W*aviso: (?:este )?correo|este correo procede de fuera|"
    r"(?:do not|don['’]t) (?:click|open) .{0,40}(?:links?|attachments?)|"
    r"no abra .{0,30}(?:adjuntos|enlaces)|"
    # what happened with it
    r"new message (?:from|in|on)\b|nuev[oa] mensaje (?:de|en)\b|nova mensagem (?:de|em)\b|open in [A-Z]\w+|"
    r"(?:\S+ ){1,4}(?:replied|responded|commented) (?:to|on)\b.{0,60}:\s*$|"
    r"(?:hello|hi|dear|hola|estimad[oa]s?|ol[áa]|bonjour|hallo|ciao|halo|merhaba|xin chào)\W+(?:\S+ ){0,2}"
    r"(?:team|equipo?|equipe|équipe|squadra|tim|ekibi|đội)\b.{0,30}\b(?:message|mensaje|mensagem|missatge|mensaxe|"
    r"messaggio|nachricht|pesan|mesaj|tin nhắn)\b.{0,60}:\s*$|"
    r"escalated (?:by|from|to)\b|escalado (?:por|a)\b|"
    r"developer response:|voice ?mail transcript|listen to the message|assigned to\b|asignado a\b|"
    r"(?:su|tu) mensaje no (?:se )?pudo|your message (?:could not|was not|wasn['’]t)\b|"
    r"(?:i am|i['’]m) (?:currently )?out of (?:the )?office|(?:estoy|estaré) fuera de la oficina|"
    r"(?:would you|may we|can we) (?:like us to )?contact you|"
    r"(?:silakan|mohon|bitte|please|por favor) (?:balas|antworten|reply|responda)\b|"
    # how was it
    r"how would you rate|rate (?:our|this|your)|(?:¿)?cómo (?:valoraría|valorarías|calificaría|evaluaría)|"
    r"como (?:você )?avalia|como valoraría|com valoraríeu|come valuterebbe|comment évalu|wie (?:bewerten|zufrieden)",
)
_OPENING = re.compile(rf"^\W*(?:{'|'.join(_OPENINGS)})", re.IGNORECASE)
_ONLY_LINK = re.compile(r"^\W*[^\W\d_][^:\n]{0,80}[:：]?\s*[<(\[]?https?://\S+\W*$", re.IGNORECASE)
_RULE = re.compile(r"^\s*[-_=*—–][-_=*—–\s]{2,}$")
_TICKET = re.compile(
    r"https?://|\b(?:ticket|request|case|solicitud|caso|incidencia|sol·licitud|solicitude|chamado|pedido|richiesta|demande|"
    r"anfrage|vorgang|tiket|permintaan|talep|yêu cầu)\b.{0,12}\d|"
    r"\b(?:status|priority|department|estado|prioridad|departamento|stato|priorità|statut|priorité)\s?:",
    re.IGNORECASE,
)
_LINES_BELOW = 8
"""What a helpdesk puts under a rule is short; more is someone's text."""


def without_machine_lines(text: str) -> str:
    """Drop the lines that programs add, and what is under a rule where it speaks of a ticket or links to it."""
    if "\n" not in text:
        return text
    return "\n".join(line for line in _above_rule(text.split("\n")) if not _is_machine(line) or is_frame(line))


def _is_machine(line: str) -> bool:
    head = line[:_LOOKED_AT]
    return bool(_OPENING.match(head) or _ONLY_LINK.match(head))


def _above_rule(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if not _RULE.match(line[:_LOOKED_AT]) or not any(map(str.isalpha, "".join(lines[:at]))):
            continue
        below = [follow for follow in lines[at + 1 :] if follow.strip()]
        if len(below) <= _LINES_BELOW and _TICKET.search("\n".join(below)[:2000]):
            return lines[:at]
    return lines
