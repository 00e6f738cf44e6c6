"""The description is valid, as it would be written now, and true: each request of it is sent to a running server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="needs the extra `api`")

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from data.records.changes import Change
from data.store import Store
from queues.desk.desk import Desk
from queues.desk.desk_rules import DeskRules
from tests.tui.api.serving import served
from tests.tui.playing import NOW, incoming
from tools.api_description import FILE, PAGE, description, page, written
from tui.api.http_server import DESCRIPTION, ApiServer


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of each request."""
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


OPERATIONS = list(operations())
BODIES: dict[str, dict[str, Any]] = {
    "/v1/macros/suggest": {"text": "Where is my order?"},
    "/v1/reply": {"ticket": 1, "text": "Hello Ana, your order left our house this morning."},
    "/v1/note": {"ticket": 1, "text": "looked at it"},
    "/v1/tag": {"tickets": [1], "add": ["vip"]},
    "/v1/assign": {"tickets": [1], "agent": "eva"},
    "/v1/snooze": {"tickets": [1], "when": "2d"},
    "/v1/undo": {},
}
"""What is sent to each, where it is not a list of tickets alone."""
PARAMETERS: dict[str, dict[str, Any]] = {
    "/v1/show": {"ticket": 1},
    "/v1/history": {"ticket": 1},
    "/v1/search": {"q": "order"},
    "/v1/changes": {"after": "0.0"},
}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with a ticket of every kind of thing, and something to undo."""
    path = tmp_path / "desk.db"
    store = Store.open(path)
    desk = Desk(store, clock=lambda: NOW, rules=DeskRules(), agent="intake")
    desk.receive([replace(incoming(number, "Where is my order?", "mail"), at=NOW - number) for number in (1, 2)])
    from tui.setup.open_desk import login_name

    Desk(store, clock=lambda: NOW, rules=DeskRules(), agent=login_name()).act([2], Change(note="x"))
    store.close()
    return path


def test_the_description_and_the_table_of_the_page_are_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run make reference"
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run make reference"


def test_the_description_is_one() -> None:
    broken = json.loads(written())
    assert list(OpenAPIV31SpecValidator(broken).iter_errors()) == []
    broken["paths"]["/v1/list"]["get"]["parameters"][0]["in"] = "nowhere"
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


async def test_every_route_is_described_and_nothing_else(desk: Path) -> None:
    server = ApiServer(desk)
    await server.start()
    try:
        assert server._runner is not None
        routes = {
            (route.method, route.resource.canonical)
            for route in server._runner.app.router.routes()
            if route.resource is not None
        }
    finally:
        await server.stop()
    assert routes == {(method, path) for method, path, _ in OPERATIONS} | {("GET", DESCRIPTION)}


async def test_the_description_is_served(desk: Path) -> None:
    async with served(desk) as program:
        assert (await program.get(DESCRIPTION)).body == json.loads(FILE.read_text(encoding="utf-8"))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema | {"components": description()["components"]})


def closed(schema: Any) -> Any:
    """Return a schema in which an object has no keys that are not described."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    return inner | {"additionalProperties": False} if "properties" in schema else inner


@pytest.mark.parametrize(("method", "path", "described"), OPERATIONS, ids=[path for _, path, _ in OPERATIONS])
async def test_each_request_is_answered_as_it_is_described(
    desk: Path, method: str, path: str, described: dict[str, Any]
) -> None:
    async with served(desk) as program:
        if method == "GET":
            given = PARAMETERS.get(path, {})
            required = {part["name"] for part in described["parameters"] if part["required"]}
            assert required <= set(given)
            answer = await program.get(path, **given)
        else:
            body = BODIES.get(path, {"tickets": [1]})
            schema = described["requestBody"]["content"]["application/json"]["schema"]
            validator(schema).validate(body)
            assert not validator(schema).is_valid(body | {"more": 1})
            answer = await program.post(path, body)
        refused = await program.send(method, path, headers={"Authorization": ""})
    assert answer.status == 200, answer.body
    content = described["responses"]["200"]["content"]["application/json"]["schema"]
    validator(closed(content)).validate(answer.body)
    assert answer.body.get("items", [1]), "an empty list says nothing about its objects"
    validator(described["responses"]["default"]["content"]["application/problem+json"]["schema"]).validate(refused.body)
    assert refused.status == 401


async def test_nothing_waits_as_it_is_described(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty.db").close()
    assert [path for _, path, described in OPERATIONS if "204" in described["responses"]] == ["/v1/next"]
    async with served(tmp_path / "empty.db") as program:
        assert (await program.get("/v1/next")).status == 204


def test_a_change_and_nothing_else_needs_a_key() -> None:
    with_key = {path for _, path, described in OPERATIONS
                if "Idempotency-Key" in {part["name"] for part in described["parameters"]}}  # fmt: skip
    assert with_key == {path for method, path, _ in OPERATIONS if method == "POST"} - {"/v1/macros/suggest"}
