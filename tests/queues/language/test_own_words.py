"""What a customer's own Spanish suggests, and where it is better to say nothing."""

from __future__ import annotations

import pytest

from queues.language.tu_or_usted import suggested


@pytest.mark.parametrize(
    ("text", "register", "region"),
    [
        ("Buenas tardes, ¿usted me puede ayudar?", "usted", ""),
        ("Ayúdeme por favor con mi cuenta", "usted", ""),
        ("Quedo a la espera de su respuesta", "usted", ""),
        ("hola, me puedes ayudar?", "tu", ""),
        ("dime qué hago", "tu", ""),
        ("¿Me podéis devolver el dinero?", "tu", "es-ES"),
        ("os escribo porque no va", "tu", "es-ES"),
        ("che, podés mirar mi cuenta?", "vos", ""),
        ("decime si necesitás algo más", "vos", ""),
        ("mandame el enlace, me puedes ayudar?", "tu", ""),
    ],
)
def test_a_form_that_says_so(text: str, register: str, region: str) -> None:
    found = suggested(text)
    assert found is not None
    assert (found.register, found.region) == (register, region)
    assert found.words in text


@pytest.mark.parametrize("text", ["", "no puedo entrar", "me puedes ayudar, su respuesta es importante", "hello there"])
def test_nothing_is_suggested(text: str) -> None:
    assert suggested(text) is None
