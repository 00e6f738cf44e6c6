from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from macros.files.library import Library
from macros.files.macro_files import slug
from macros.filling.context import Context
from macros.filling.macro import Macro
from macros.importing.converting import Converter
from macros.importing.liquid import LiquidError
from macros.importing.placeholders import ask_name, language_code
from macros.importing.read_answers import read
from macros.importing.run import Import, Outcome
from macros.render import render

CONTEXT = Context(Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0), Customer(1, "Ana Ruiz"), "Noa", 0)


def plain(html: str) -> str:
    return html.replace("<br />", "\n").replace("<p>", "").replace("</p>", "\n\n").strip()


def spanish(text: str) -> str:
    return "es" if "ñ" in text or "¡" in text else ""


def take(folder: Path, export: Any, **options: Any) -> list[Outcome]:
    raw = export if isinstance(export, bytes) else json.dumps(export).encode()
    return list(Import(folder, plain, spanish, **options).run(read("export", raw)))


def macro_of(folder: Path, name: str) -> Macro:
    library = Library(folder)
    library.refresh()
    assert library.refused() == []
    return library.get(name)


def said(folder: Path, name: str, language: str = "en", **answers: str) -> str:
    return render(macro_of(folder, name), language, CONTEXT, answers).text


ZENDESK = {
    "macros": [
        {
            "id": 36, "title": "Billing::Late refund", "active": True, "restriction": None,
            "actions": [
                {"field": "comment_value", "value": ["channel:all", "ignored, the HTML is there"]},
                {"field": "comment_value_html", "value": "<p>Hi {{ticket.requester.first_name | default: \"you\"}},</p>"
                    "{% case ticket.requester.language %}{% when 'Español' %}Tarda.{% when 'English (UK)' %}Late."
                    "{% else %}Later.{% endcase %} {{ticket.ticket_field_9}} {{current_user.name | upcase}}"},
                {"field": "status", "value": "hold"}, {"field": "priority", "value": "high"},
                {"field": "current_tags", "value": "refund late"}, {"field": "remove_tags", "value": "vip"},
                {"field": "assignee_id", "value": "current_user"}, {"field": "group_id", "value": "12"},
            ],
        }
    ]
}  # fmt: skip


def test_a_zendesk_macro_keeps_text_actions_and_languages(tmp_path: Path) -> None:
    (outcome,) = take(tmp_path, ZENDESK)
    macro = macro_of(tmp_path, "billing/late-refund")

    assert (outcome.outcome, outcome.languages, outcome.asks) == ("written", ("en", "es"), ("value_9",))
    assert outcome.notes == (
        "its action group_id has no equivalent here",
        "ticket.ticket_field_9 is not known here; it is asked for as value_9",
    )
    assert (macro.actions.status, macro.actions.priority) == (Status.ON_HOLD, Priority.HIGH)
    assert (macro.actions.add_tags, macro.actions.remove_tags, macro.actions.assign) == (
        ("refund", "late"),
        ("vip",),
        "me",
    )
    assert said(tmp_path, "late-refund", "es", value_9="A1") == "Hi Ana,\n\nTarda. A1 NOA"
    assert said(tmp_path, "late-refund", "en", value_9="A1") == "Hi Ana,\n\nLate. A1 NOA"
    assert '"id" = "36"' in (tmp_path / "billing" / "late-refund.j2").read_text(encoding="utf-8")


FRESHDESK = [
    {"id": 1, "title": "Thanks", "folder_id": 2, "content": "x", "attachments": [],
     "content_html": "<p>Hi {{ticket.requester.firstname}}</p>"},
]  # fmt: skip
HELPSCOUT = {"_embedded": {"replies": [
    {"id": 1, "name": "Bye", "text": "Bye {%customer.firstName,fallback=you%}<br />{%user.firstName%}",
     "chatText": "Bye"},
]}}  # fmt: skip
GORGIAS = {"data": [{"name": "Späte Lieferung", "intent": "shipping/status", "language": "en", "usage": 3, "actions": [
    {"name": "setResponseText",
     "arguments": {"body_html": "<p>Hello {{ticket.customer.firstname}}</p>", "body_text": "x"}},
    {"name": "addTags", "arguments": {"tags": "a,b"}}, {"name": "setStatus", "arguments": {"status": "closed"}},
]}]}  # fmt: skip
ROCKETCHAT = {"cannedResponses": [
    {"shortcut": "hours", "text": "We are here, {{contact.name}}.", "scope": "global", "tags": ["t"]},
]}  # fmt: skip
CHATWOOT = [{"id": 1, "account_id": 2, "short_code": "hi", "content": "Hi {{ contact.first_name | capitalize }}!"}]


@pytest.mark.parametrize(
    ("export", "name", "text"),
    [
        (FRESHDESK, "freshdesk/thanks", "Hi Ana"),
        (HELPSCOUT, "helpscout/bye", "Bye Ana\nNoa"),
        (GORGIAS, "gorgias/spate-lieferung", "Hello Ana"),
        (ROCKETCHAT, "rocketchat/hours", "We are here, Ana Ruiz."),
        (CHATWOOT, "chatwoot/hi", "Hi Ana!"),
    ],
)
def test_the_other_helpdesks_shapes_are_known(export: Any, name: str, text: str, tmp_path: Path) -> None:
    (outcome,) = take(tmp_path, export)
    assert (outcome.macro, outcome.outcome) == (name, "written")
    assert said(tmp_path, name) == text


def test_a_chatwoot_macro_keeps_what_it_does(tmp_path: Path) -> None:
    actions = [
        {"action_name": "send_message", "action_params": ["Hola {{contact.first_name}}, ya está."]},
        {"action_name": "add_label", "action_params": ["pagos", "hecho"]},
        {"action_name": "change_priority", "action_params": ["medium"]},
        {"action_name": "assign_agent", "action_params": ["self"]},
        {"action_name": "assign_team", "action_params": [7]},
        {"action_name": "resolve_conversation", "action_params": []},
    ]
    (outcome,) = take(
        tmp_path, {"payload": [{"id": 9, "name": "Pago listo", "visibility": "global", "actions": actions}]}
    )
    macro = macro_of(tmp_path, "pago-listo")
    assert (macro.actions.status, macro.actions.priority, macro.actions.assign) == (
        Status.SOLVED,
        Priority.NORMAL,
        "me",
    )
    assert macro.actions.add_tags == ("pagos", "hecho")
    assert said(tmp_path, "pago-listo", "en") == "Hola Ana, ya está."
    assert outcome.notes == ("its action assign_team has no equivalent here",)
    assert outcome.unmapped["visibility"] == "global"
    assert outcome.unmapped["actions"] == [actions[4]]


def test_an_internal_note_never_becomes_a_reply(tmp_path: Path) -> None:
    note = {"name": "addInternalNote", "arguments": {"body_html": "<p>secret</p>"}}
    reply = {"name": "setResponseText", "arguments": {"body_text": "Hello."}}
    urgent = {"name": "setPriority", "arguments": {"priority": "critical"}}
    written, refused = take(
        tmp_path, [{"name": "Both", "actions": [note, reply, urgent]}, {"name": "Note", "actions": [note]}]
    )
    assert said(tmp_path, "both") == "Hello."
    assert macro_of(tmp_path, "both").actions.priority is Priority.URGENT
    assert "internal note" in written.notes[0]
    assert refused.outcome == "refused"
    comment = [{"field": "comment_value", "value": "secret"}, {"field": "comment_mode_is_public", "value": "false"}]
    assert take(tmp_path, {"macros": [{"title": "Inside", "actions": comment}]})[0].outcome == "refused"


def test_rows_of_one_title_become_one_macro_in_several_languages(tmp_path: Path) -> None:
    table = "Name;Language;Body;Category;Tags;Status;Owner\nRefund;English;On its way.;Billing;a, b;solved;Mia\n"
    table += "Refund;Español;En camino.;Billing;;;\nSeña;;¡Mañana!;;;;\n"
    outcomes = take(tmp_path, table.encode("utf-8-sig"))

    assert [(one.macro, one.languages) for one in outcomes] == [("billing/refund", ("en", "es")), ("csv/sena", ("es",))]
    assert said(tmp_path, "billing/refund", "es") == "En camino."
    assert macro_of(tmp_path, "billing/refund").actions.add_tags == ("a", "b")
    assert '"Owner" = "Mia"' in (tmp_path / "billing" / "refund.j2").read_text(encoding="utf-8")


def test_a_condition_that_only_the_other_tool_knew_becomes_a_decision_of_the_agent(tmp_path: Path) -> None:
    text = "{% if ticket.custom.plan == 'gold' %}Call.{% elsif ticket.custom.plan == 'tin' %}Write.{% endif %} Bye."
    take(tmp_path, [{"short_code": "a", "content": text}])
    (ask,) = macro_of(tmp_path, "a").asks

    assert ask.choices == ("ticket.custom.plan == 'gold'", "ticket.custom.plan == 'tin'", "otherwise")
    assert said(tmp_path, "a", **{ask.name: ask.choices[1]}) == "Write. Bye."
    assert said(tmp_path, "a", **{ask.name: "otherwise"}) == "Bye."
    assert f"{{{{ {ask.name} }}}}" in said(tmp_path, "a")


def test_known_conditions_stay_conditions(tmp_path: Path) -> None:
    text = (
        "{% if ticket.requester.first_name != blank and ticket.status == 'hold' %}1{% else %}2{% endif %}"
        "{% unless contact.email %}3{% endunless %}{% case ticket.priority %}{% when 'normal', 'low' %}4{% endcase %}"
    )
    take(tmp_path, [{"short_code": "a", "content": text}])
    assert said(tmp_path, "a") == "234"
    assert macro_of(tmp_path, "a").asks == ()


def test_nothing_is_written_over_or_written_in_a_dry_run(tmp_path: Path) -> None:
    one = [{"short_code": "hi", "content": "first"}]
    assert take(tmp_path, one, dry_run=True)[0].outcome == "written"
    assert list(tmp_path.iterdir()) == []
    assert [take(tmp_path, one)[0].outcome, take(tmp_path, one)[0].outcome] == ["written", "unchanged"]

    other = [{"short_code": "hi", "content": "second"}]
    assert take(tmp_path, other)[0].outcome == "kept"
    assert said(tmp_path, "hi") == "first"
    assert take(tmp_path, other, replace=True)[0].outcome == "replaced"
    assert said(tmp_path, "hi") == "second"
    assert [path.name for path in (tmp_path / "chatwoot").iterdir()] == ["hi.j2"]


def test_two_answers_of_one_title_get_names_of_their_own(tmp_path: Path) -> None:
    outcomes = take(tmp_path, [{"short_code": "hi", "content": "a"}, {"short_code": "HI", "content": "b"}])
    assert [one.macro for one in outcomes] == ["chatwoot/hi", "chatwoot/hi-2"]


def test_what_cannot_be_taken_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    outcomes = take(
        tmp_path,
        [
            {"short_code": "empty", "content": " "},
            {"short_code": "open", "content": "{% if a %}x"},
            {"short_code": "huge", "content": "x" * 30_000},
            {"short_code": "deep", "content": "{% if a %}" * 9 + "{% endif %}" * 9},
            {"short_code": "good", "content": "x"},
        ],
    )
    assert [one.outcome for one in outcomes] == ["refused"] * 4 + ["written"]
    assert all(one.notes for one in outcomes[:4])


@pytest.mark.parametrize(
    "text",
    ["a {{ b", "{{ 9 ** 9 }}", "{{ ''.__class__ }}", "=== en\nx", "+++\nx", "{# x #}", "}} %}", "{{}}", "{{ '{{' }}",
     "{% raw %}{{ x }}", "{{ customer.__class__ }}", "{{{{ x }}}}", "{% include 'x' %}", "{% case %}{% endcase %}"],
)  # fmt: skip
def test_what_looks_like_our_templates_is_text_or_asked_for(text: str, tmp_path: Path) -> None:
    (outcome,) = take(tmp_path, [{"short_code": "a", "content": f"say\n{text}\nend"}])
    if outcome.outcome == "written":
        made = render(macro_of(tmp_path, "a"), "en", CONTEXT, {})
        assert made.text.startswith("say\n")
        assert "end" in made.text
    else:
        assert outcome.notes


@given(st.text(alphabet="{}%# abifelscndtr.'|\n=+\u00f1", max_size=120), st.text(max_size=20))
def test_any_text_comes_out_as_a_macro_that_is_accepted_or_is_refused(text: str, title: str) -> None:
    from macros.files.front_matter import parse
    from macros.files.snippet_links import link_macro
    from macros.importing.foreign import Foreign, Text
    from macros.importing.macro_text import write

    try:
        written = write(Foreign("csv", title, (Text(text),)), plain, spanish, "en")
    except (LiquidError, ValueError):
        return
    link_macro(parse(written.name, written.source), {})


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (b"\xff\xfe", "Not readable"), (b"{", "Not readable"), (b"[" * 100_000, "Not readable"),
        (b"[]", "Nothing to import"), (b'{"a": 1}', "Nothing to import"), (b"a,b\n1,2\n", "Columns not known"),
        (b"", "Nothing to import"), (b'[1, null, "x"]', "Nothing to import"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_told_in_a_sentence(raw: bytes, title: str) -> None:
    with pytest.raises(InputError) as caught:
        read("export", raw)
    assert caught.value.title == title


def test_json_lines_are_read_too(tmp_path: Path) -> None:
    raw = b'{"short_code": "a", "content": "x"}\n{"short_code": "b", "content": "y"}\n'
    assert [one.macro for one in take(tmp_path, raw)] == ["chatwoot/a", "chatwoot/b"]


@pytest.mark.parametrize(
    ("language", "code"),
    [("Español", "es"), ("Spanish (Latin America)", "es"), ("es_mx", "es-MX"), ("es-419", "es-419"), ("EN", "en"),
     ("Klingon", ""), ("", "")],
)  # fmt: skip
def test_languages_are_known_by_name_and_code(language: str, code: str) -> None:
    assert language_code(language) == code


@given(st.text())
def test_every_name_of_an_ask_and_of_a_file_is_usable(text: str) -> None:
    from macros.files.front_matter_fields import RESERVED

    name = ask_name(text, RESERVED)
    assert name.isascii()
    assert name.isidentifier()
    assert name not in RESERVED
    assert not set(slug(text)) - set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_the_agents_line_is_one_line() -> None:
    assert Converter("zendesk").line("Your\nrefund {{ticket.id}}") == "Your refund {{ ticket.id }}"
