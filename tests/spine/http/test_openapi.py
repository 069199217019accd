from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest_asyncio

from app.factory import Fireside
from tests.rest_people import Client


@pytest_asyncio.fixture
async def schema(client: Client) -> Any:
    response = await client.get("/openapi.json")
    assert response.status_code == 200
    return await response.get_json()


def operations(schema: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    return set()


async def test_every_rest_route_is_documented(app: Fireside, schema: Any) -> None:
    documented = {(path, method.upper()) for path, method, _ in operations(schema)}
    routes = {
        (re.sub("<(?:[a-z_]+:)?([a-z_]+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if not rule.websocket and rule.endpoint.split(".")[0] not in {"pages", "openapi", "metrics"}
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert documented == routes


async def test_every_operation_says_what_it_does_and_how_it_fails(schema: Any) -> None:
    for path, method, operation in operations(schema):
        responses = operation["responses"]
        assert operation["summary"].endswith("."), path
        assert any(status.startswith("2") for status in responses), path
        assert {"500", "503"} <= set(responses), path
        if operation.get("security"):
            assert "401" in responses, path
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(responses), (path, method)
        if "{" in path:
            assert "404" in responses, path


async def test_all_references_lead_somewhere(schema: Any) -> None:
    known = {f"#/components/schemas/{name}" for name in schema["components"]["schemas"]}
    assert references(schema) <= known
    assert references(schema) >= {
        f"#/components/schemas/{name}" for name in ("Conversation", "MessageReceived")
    }


async def test_all_named_tokens_are_explained(schema: Any) -> None:
    schemes = set(schema["components"]["securitySchemes"])
    for path, _, operation in operations(schema):
        for requirement in operation.get("security", []):
            assert set(requirement) <= schemes, path


async def test_every_whole_number_that_is_taken_has_bounds(schema: Any) -> None:
    """Beyond those of its column a number is an error of the database's driver, and not of the caller."""
    taken = [whole for _, _, operation in operations(schema) for whole in whole_numbers(operation, schema)]
    assert {name for _, name, _ in taken} >= {"limit", "since", "before", "assignee_id"}
    for _, name, described in taken:
        assert described.get("minimum", -1) >= 0, name
        assert described.get("maximum", 2**53) < 2**53, name


def whole_numbers(operation: Any, schema: Any) -> Iterator[tuple[str, str, Any]]:
    """Walk the parameters of an operation and the fields of its body: place, name, and description."""

    walked: set[str] = set()

    def walk(name: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, list):
            for each in value:
                yield from walk(name, each)
        elif isinstance(value, dict):
            if "$ref" in value:
                if value["$ref"] in walked:  # It is made of itself.
                    return
                walked.add(value["$ref"])
                value = reduce(getitem, value["$ref"].removeprefix("#/").split("/"), schema)
            if value.get("type") == "integer":
                yield name, value
            for key, each in value.items():
                if key == "properties":
                    for field, described in each.items():
                        yield from walk(field, described)
                else:
                    yield from walk(name, each)

    for parameter in operation.get("parameters", []):
        for name, described in walk(parameter["name"], parameter["schema"]):
            yield parameter["in"], name, described
    for name, described in walk("", operation.get("requestBody", {})):
        yield "body", name, described
