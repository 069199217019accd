from __future__ import annotations

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
        (rule.rule.replace("<uuid:", "{").replace(">", "}"), method)
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
