"""Kinds of ticketing systems are found where they are described, also in other packages, and loaded when needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import InputError
from data.records.tickets import Status
from queues.accounts.forms import form_of
from queues.accounts.forms import kinds as kinds_to_set_up
from queues.accounts.kinds import NO_SECRET, SystemKind, connector_of, kind_named, kinds, package_of
from queues.accounts.ticketing_system import Tracker, complete, name_of
from tests.servers.example_package import describe
from tools.connectors_page import PAGE, page


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a package whose connectors cannot be used, each in its own way."""
    (tmp_path / "acme_desk.py").write_text(
        "from queues.accounts.kinds import SystemKind\nKIND = SystemKind('Acme', 'acme_desk:Gone', {})\nOTHER = 7\n"
        "TITLE = SystemKind(5, 'acme_desk:Plain', {})\n"
        "STATUSES = SystemKind('Acme', 'acme_desk:Plain', {'new': 'open'})\n"
        "class Plain: pass\nPLAIN = SystemKind('Acme', 'acme_desk:Plain', {})\n"
    )
    (tmp_path / "acme_exit.py").write_text("raise SystemExit('bye')\n")
    describe(tmp_path, "other-desk", {"acme-twice": "acme_desk:KIND"})
    (tmp_path / "acme_bad.py").write_text("raise OSError('no\\x1b[31m library')\n")
    describe(tmp_path, "acme-desk", {
        "acme": "acme_desk:KIND", "acme-other": "acme_desk:OTHER", "acme-none": "acme_desk:NONE",
        "acme-lost": "acme_lost:KIND", "acme-bad": "acme_bad:KIND", "mail": "acme_desk:KIND",
        "zendesk": "acme_desk:KIND", "acme-title": "acme_desk:TITLE", "acme-statuses": "acme_desk:STATUSES",
        "acme-plain": "acme_desk:PLAIN", "acme-exit": "acme_exit:KIND", "acme-twice": "acme_desk:KIND",
    })  # fmt: skip
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    kind_named.cache_clear()  # other tests have an "acme" of their own
    sys.modules.pop("acme_desk", None)


def test_each_kind_is_complete_and_its_address_is_checked(example: None) -> None:
    for name in kinds():
        kind = kind_named(name)
        assert set(connector_of(name).capabilities)
        assert {Status.OPEN, Status.SOLVED} <= set(kind.statuses.values())
        assert kind.never_set <= set(kind.statuses)
        with pytest.raises(ValueError, match="write"):
            kind.address("")


def test_a_kind_of_another_package_is_a_kind_like_any_other(example: None) -> None:
    assert kinds()[-1] == "json-folder"
    assert (package_of("json-folder"), package_of("rt")) == ("tridesk-json-folder", "")
    form = form_of("json-folder")
    assert {"typed", "secret", "place", "ca_file"}.isdisjoint(blank.name for blank in form.blanks)
    made = form.make({"url": "/srv/tickets", "user": "eva", "queues": "Soporte=mail"}, None)
    assert isinstance(made, Tracker)
    assert (made.name, made.connector, made.secret, made.url) == ("tickets", "json-folder:tickets", NO_SECRET, made.url)
    with pytest.raises(InputError, match=r"url cannot be used; write the folder's whole path"):
        complete(Tracker("x", "tickets", kind="json-folder"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("acme-other", "acme_desk:OTHER is not a SystemKind"),
        ("acme-none", "acme_desk:NONE: AttributeError"),
        ("acme-lost", "acme_lost:KIND: ModuleNotFoundError: No module named 'acme_lost'"),
        ("acme-bad", "acme_bad:KIND: OSError: no"),
        ("mail", "its name is taken"),
        ("acme-exit", "acme_exit:KIND: SystemExit: bye"),
        ("acme-title", "acme_desk:TITLE: its title is not"),
        ("acme-statuses", "acme_desk:STATUSES: its statuses is not"),
    ],
)
def test_a_broken_package_is_named_in_one_sentence(broken: None, kind: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        kind_named(kind)
    assert words in caught.value.message
    assert "of the package acme-desk cannot be used" in caught.value.message
    assert "update or remove that package" in caught.value.message
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message
    with pytest.raises(InputError, match=r"The tracker 'x' in config\.toml: kind cannot be used\. The connector"):
        complete(Tracker("x", "https://acme.example", kind=kind))


def test_a_class_that_is_missing_is_named_when_it_is_used(broken: None) -> None:
    assert kind_named("acme").title == "Acme"
    with pytest.raises(InputError, match=r"of the package acme-desk cannot be used \(acme_desk:Gone: AttributeError"):
        connector_of("acme")


def test_a_class_that_is_not_a_connector_is_named_when_it_is_used(broken: None) -> None:
    with pytest.raises(InputError, match="acme_desk:Plain is not a class with a set of capabilities"):
        connector_of("acme-plain")


def test_a_kind_that_two_packages_offer_is_neithers(broken: None) -> None:
    with pytest.raises(InputError, match="the packages acme-desk and other-desk both offer it; remove all but one"):
        kind_named("acme-twice")


def test_no_package_replaces_a_kind_of_the_desk_and_a_form_offers_none_that_is_broken(broken: None) -> None:
    assert kind_named("zendesk").title == "Zendesk"
    assert "acme-lost" in kinds()
    assert [kind for kind in kinds_to_set_up() if kind.startswith("acme")] == ["acme", "acme-plain"]


def test_a_kind_that_is_not_there_is_answered_with_those_that_are(example: None) -> None:
    with pytest.raises(InputError, match=r"There is no kind 'fax' of account; known are mail, .*zendesk, json-folder"):
        complete(Tracker("x", "https://acme.example", kind="fax"))


def test_a_notice_is_given_of_what_was_never_tried(example: None) -> None:
    for name in kinds():
        kind = kind_named(name)
        assert ("never tried against the live service" in kind.warning) is not bool(kind.tried)
    assert SystemKind("Acme", "x:Y", {}).warning.startswith("Acme: written from its documentation")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://acme.zendesk.com/api", "acme"),
        ("acme", "acme"),
        ("rt.acme.example", "rt"),
        ("postgresql://eva@db.acme.example/support", "support"),
        ("/srv/tickets/", "tickets"),
        ("https://[half", ""),
        ("", ""),
    ],
)
def test_an_account_is_called_after_its_address(url: str, name: str) -> None:
    assert name_of(url) == name


def test_the_table_of_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text


def test_settings_without_such_a_kind_look_for_no_package() -> None:
    code = (
        "import sys; from queues.accounts.ticketing_system import Tracker, complete;"
        "complete(Tracker('z', 'acme', kind='zendesk')); complete(Tracker('r', 'rt.acme.example'));"
        "print([name for name in ('importlib.metadata', 'http.client', 'ssl', 'psycopg') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout == "[]\n"
