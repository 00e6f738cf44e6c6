"""Ways that a customer rules out, and the macros that propose them."""

from __future__ import annotations

import pytest

from macros.suggesting.ruled_out import proposed, ruled_out


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("The code comes neither by text nor by e-mail", {"email", "text"}),
        ("NO ME LLEGA NI POR SMS NI POR CORREO!!!", {"email", "text"}),
        ("no llega nada al celu ni al mail", {"email"}),
        ("I tried the e-mail option too, still nothing", {"email"}),
        ("Ya probé con el correo y nada", {"email"}),
        ("ya no tengo acceso a ese correo", {"email"}),
        ("By SMS please, not by e-mail", {"email"}),
        ("not by text, e-mail", {"email", "text"}),
        ("Sin mensajes aquí, solo correo", {"text"}),
        ("No por SMS sino por correo", {"text"}),
        ("No me llega por SMS, mándenlo por correo electrónico", {"text"}),
        ("The texts do not arrive. Can't you send it by e-mail?", {"text"}),
        ("It does not come by e-mail. Please send an e-mail again", set()),
        ("Send it by e-mail", set()),
        ("I cannot open the app", set()),
        ("", set()),
    ],
)
def test_a_way_that_is_only_denied_is_ruled_out(text: str, ways: set[str]) -> None:
    assert ruled_out(text) == ways


@pytest.mark.parametrize(
    ("title", "ways"),
    [("Get the code by e-mail", {"email"}), ("Recibir el código por correo", {"email"}), ("We got your message", set()),
     ("Answer via chat", {"chat"}), ("E-mail changed", set())],
)  # fmt: skip
def test_a_title_proposes_the_way_that_it_names_as_one(title: str, ways: set[str]) -> None:
    assert proposed(title) == ways
