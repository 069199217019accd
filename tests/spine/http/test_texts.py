"""Every text of a REST body and query, with what no text may hold: refused with a code, never our fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.rest_people import Client, Person

POISON = ["a\0b", "half \ud83d emoji", "\u200b\u2060", "x" * 16_001]
GOOD: dict[str, Any] = {
    "email": "ada@example.com",
    "password": "wrong horse",
    "inbox": "shop",
    "client_msg_id": str(uuid4()),
    "content": {"type": "text", "text": "Hello"},
    "message": "Hello",
    "status": "open",
}


def texts(schema: Any, described: Any, around: frozenset[str] = frozenset()) -> Iterator[tuple[str, ...]]:
    """Yield the path to each text of a body; of what is made of itself, as `around` tells, to its first depth."""
    if schema is False:  # The field may not be there at all, beside others.
        return
    reference = schema.get("$ref", "")
    if reference and reference not in around:
        named = described["components"]["schemas"][reference.rpartition("/")[2]]
        yield from texts(named, described, around | {reference})
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from texts(part, described, around)
    for name, inner in schema.get("properties", {}).items():
        yield from ((name, *path) for path in texts(inner, described, around))
    if schema.get("type") == "string" and not {"enum", "const"} & schema.keys():
        yield ()


def put(path: tuple[str, ...], poison: str, body: dict[str, Any]) -> dict[str, Any]:
    name, *rest = path
    return {**body, name: put(tuple(rest), poison, body.get(name, {})) if rest else poison}


async def test_no_text_of_a_body_is_our_fault(
    client: Client, customer: Person, agent: Person, backend: Person, subtests: pytest.Subtests
) -> None:
    described = await (await client.get("/openapi.json")).get_json()
    people = {"session": customer, "agent": agent, "api_key": backend}
    tried = set()
    for url, methods in described["paths"].items():
        for method, operation in methods.items():
            if "requestBody" not in operation:
                continue
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            kinds = [kind for needed in operation.get("security", []) for kind in needed]
            headers = people[kinds[-1]].headers if kinds else {}
            place = url.replace("{conversation_id}", customer.conversation_id)
            for path in sorted(set(texts(schema, described))):
                tried.add((url, *path))
                for poison in POISON:
                    body = put(path, poison, GOOD)
                    if path == ("session_id",):
                        body.pop("conversation_id", None)
                    response = await getattr(client, method)(
                        place,
                        headers={**headers, "Content-Type": "application/json"},
                        data=json.dumps(body).encode(),
                    )
                    with subtests.test(url=url, path=path, poison=ascii(poison[:20])):
                        answer = await response.get_json()
                        assert 400 <= response.status_code < 500, answer
                        assert answer["code"] in {
                            "invalid",
                            "too_large",
                            "auth_failed",
                            "not_found",
                        }
    assert tried >= {
        ("/auth/login", "email"),
        ("/chat/sessions", "identity"),
        ("/chat/conversations/{conversation_id}/messages", "content", "text"),
        ("/chat", "message"),
    }
