from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from data.records.customers import Customer
from data.records.tickets import Priority, Status, Ticket
from macros.files.library import BUILT_IN, Library, check_paths
from macros.filling.context import Context
from macros.filling.macro import Once
from macros.render import render

CONTEXT = Context(Ticket(7, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0), Customer(1, "Ana Ruiz"), "Noa", 0)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def library_of(*folders: Path) -> Library:
    library = Library(*folders)
    library.refresh()
    return library


def said(library: Library, name: str, language: str = "en", without: frozenset[Once] = frozenset()) -> str:
    return render(library.get(name), language, CONTEXT, {}, without).text


def test_a_macro_includes_the_snippet_of_its_own_language(tmp_path: Path) -> None:
    write(tmp_path, "snippets/hello", "=== en\nHi {{ customer.first_name }},\n=== es\nHola, {{ customer.first_name }}:")
    write(tmp_path, "a", '=== en\n{% include "hello" %}\n\nText.\n=== es-MX\n{% include "hello" %}\n\nTexto.')
    library = library_of(tmp_path)

    assert said(library, "a") == "Hi Ana,\n\nText."
    assert said(library, "a", "es") == "Hola, Ana:\n\nTexto."
    assert [macro.name for macro in library] == ["a"]


def test_snippets_include_snippets_in_folders_and_what_they_set_stays_theirs(tmp_path: Path) -> None:
    write(tmp_path, "snippets/safety/sign", "{% set who = agent.name %}{{ who }}")
    write(tmp_path, "snippets/end", 'Yours,\n{% include "safety/sign" %}')
    write(tmp_path, "a", '{% set who = "we" %}{{ who }} {% include "end" %} {{ who }}')
    write(tmp_path, "b", '{% include "end" %} {{ who }}')
    library = library_of(tmp_path)

    assert said(library, "a") == "we Yours,\nNoa we"
    (refused,) = library.refused()
    assert refused.reason.startswith("there is no value 'who'")


def test_a_snippet_may_speak_otherwise_to_a_region(tmp_path: Path) -> None:
    write(tmp_path, "snippets/hello", "=== es\nHola:\n=== es-MX\nQué tal:\n=== en\nHi,")
    write(tmp_path, "a", '=== es\n{% include "hello" %} texto\n=== en\n{% include "hello" %} text')
    macro = library_of(tmp_path).get("a")
    mexican = replace(CONTEXT, customer=Customer(1, "Ana Ruiz", region="es-MX"))

    assert render(macro, "es", mexican, {}).text == "Qué tal: texto"
    assert render(macro, "es", CONTEXT, {}).text == "Hola: texto"
    assert render(macro, "en", mexican, {}).text == "Hi, text"


def test_ones_own_snippet_goes_over_the_built_in_one(tmp_path: Path) -> None:
    write(tmp_path, "snippets/closing", "=== en\nCheers, {{ agent.name }}\n=== es\nUn abrazo, {{ agent.name }}")
    library = Library.standard(tmp_path)

    assert said(library, "general/acknowledge").endswith("\n\nCheers, Noa")
    assert said(library, "general/acknowledge", "es").endswith("\n\nUn abrazo, Noa")


def test_an_own_snippet_that_is_refused_leaves_the_built_in_one(tmp_path: Path) -> None:
    path = write(tmp_path, "snippets/closing", "=== en\n{{ 9 ** 9 }}")
    library = Library.standard(tmp_path)

    assert said(library, "general/acknowledge").endswith("Noa\nSupport")
    assert [(one.file, one.line) for one in library.refused()] == [(path, 2)]


def test_a_circle_is_refused_with_its_chain_and_the_rest_loads(tmp_path: Path) -> None:
    write(tmp_path, "snippets/one", 'x {% include "two" %}')
    write(tmp_path, "snippets/two", 'x\n{% include "three" %}')
    write(tmp_path, "snippets/three", '{% include "one" %}')
    write(tmp_path, "snippets/self", '{% include "self" %}')
    write(tmp_path, "a", '{% include "one" %}')
    write(tmp_path, "good", "hello")
    library = library_of(tmp_path)
    told = {one.file.stem: (one.line, one.reason) for one in library.refused()}

    assert [macro.name for macro in library] == ["good"]
    assert told["two"] == (2, "snippets include each other in a circle: two > three > one > two")
    assert told["self"] == (1, "snippets include each other in a circle: self > self")
    assert told["a"] == (1, "there is no snippet 'one', or it was refused")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{% include "gone" %}', "there is no snippet 'gone'"),
        ('=== es\n{% include "english" %}', "has no text in es"),
        ("{% include customer.name %}", "takes the name of one snippet"),
        ('{% include ["english"] %}', "takes the name of one snippet"),
        ('{% include "english" ignore missing %}', "takes the name of one snippet"),
        ('{% include "english" without context %}', "takes the name of one snippet"),
        ('{% include "../a" %}', "there is no snippet"),
        ('{% include "/etc/passwd" %}', "there is no snippet"),
        ("+++\nsubject = \"{% include 'english' %}\"\n+++\nx", "there is no snippet"),
        ('{% for x in ["a"] %}{% include "loop" %}{% endfor %}', "loops cannot be nested"),
        ('{% include "english" %}' * 51, "more than 50 snippets"),
        ('{% include "parts" %}' * 4, "more than 1000 parts, snippets included"),
        ('{% include "deep" %}', "there is no snippet"),
    ],
)
def test_what_may_not_be_included_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    write(tmp_path, "snippets/english", "=== en\nhello")
    write(tmp_path, "snippets/loop", '{% for y in ["a"] %}{{ y }}{% endfor %}')
    write(tmp_path, "snippets/parts", "{{ agent.name }}" * 150)
    for number in range(9):
        write(tmp_path, f"snippets/deep{number or ''}", f'{{% include "deep{number + 1}" %}}')
    write(tmp_path, "snippets/deep9", "x")
    path = write(tmp_path, "a", text)
    (verdict,) = [one for one in library_of(tmp_path).verdicts() if one.file == path]

    assert reason in verdict.reason
    assert verdict.line >= 1


def test_snippets_that_double_each_other_are_stopped(tmp_path: Path) -> None:
    for number in range(60):
        write(tmp_path, f"snippets/s{number}", f'{{% include "s{number + 1}" %}}' * 2 if number < 59 else "x" * 20_000)
    for number in range(60):
        write(tmp_path, f"snippets/w{number}", "".join(f'{{% include "w{n}" %}}' for n in range(60) if n != number))
    write(tmp_path, "a", '{% include "s55" %}')
    write(tmp_path, "good", "hello")
    library = library_of(tmp_path)

    assert "good" in [macro.name for macro in library]
    assert {one.file.stem for one in library.refused()} >= {"s0", "s20", "w0"}


def test_a_macro_after_another_comes_without_greeting_and_closing(tmp_path: Path) -> None:
    library = Library.standard(tmp_path)
    whole = said(library, "general/acknowledge")
    bare = said(library, "general/acknowledge", without=frozenset(Once))

    assert whole.startswith("Hi Ana,\n\n")
    assert whole.endswith("\n\nKind regards,\nNoa\nSupport")
    assert bare == whole.removeprefix("Hi Ana,\n\n").removesuffix("\n\nKind regards,\nNoa\nSupport")


def test_a_file_made_unusable_keeps_what_it_held_before(tmp_path: Path) -> None:
    path = write(tmp_path, "a", "before")
    closing = write(tmp_path, "snippets/end", "the end")
    write(tmp_path, "b", 'b {% include "end" %}')
    library = library_of(tmp_path)

    path.write_text("{{ 9 ** 9 }}", encoding="utf-8")
    closing.write_text('{% include "end" %}', encoding="utf-8")
    assert library.refresh()
    assert (said(library, "a"), said(library, "b")) == ("before", "b the end")
    assert [one.file for one in library.refused()] == [path, closing]
    assert not library.refresh()

    path.write_text("after", encoding="utf-8")
    closing.unlink()
    assert library.refresh()
    assert said(library, "a") == "after"
    assert [one.reason for one in library.refused()] == ["there is no snippet 'end', or it was refused"]


def test_a_changed_snippet_changes_the_macros_that_include_it(tmp_path: Path) -> None:
    end = write(tmp_path, "snippets/end", "old end")
    write(tmp_path, "b", 'b {% include "end" %}')
    library = library_of(tmp_path)
    assert said(library, "b") == "b old end"

    end.write_text("new end", encoding="utf-8")
    os.utime(end, ns=(1, 1))
    assert library.refresh()
    assert said(library, "b") == "b new end"


def test_one_file_is_checked_with_the_snippets_beside_it_and_the_built_in_ones(tmp_path: Path) -> None:
    write(tmp_path, "snippets/mine", "mine")
    path = write(tmp_path, "topic/a", '=== en\n{% include "mine" %} {% include "closing" %}')

    assert [one.accepted for one in check_paths([path])] == [True]
    assert {one.file.name for one in check_paths([tmp_path])} == {"mine.j2", "a.j2"}
    assert [one for one in check_paths([BUILT_IN]) if not one.accepted] == []
    assert [one.accepted for one in check_paths([BUILT_IN / "snippets" / "closing.j2"])] == [True]


def test_front_matter_of_a_snippet_says_only_when_it_comes(tmp_path: Path) -> None:
    path = write(tmp_path, "snippets/end", "+++\nstatus = 'solved'\n+++\nx")
    (verdict,) = check_paths([path])
    assert (verdict.line, verdict.reason) == (2, "status is not a known key in a snippet; known keys are once")
