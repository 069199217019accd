from __future__ import annotations

import pytest

from app.errors import FiresideError
from app.factory import Fireside
from app.people.inboxes.inbox import Inbox
from tests.rest_people import Client, Person


async def test_every_error_is_json_with_a_code_and_a_sentence(
    client: Client, subtests: pytest.Subtests
) -> None:
    for method, path, status, code in [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/chat/conversations/not-a-uuid", 404, "not_found"),
        ("DELETE", "/chat/conversations", 405, "method_not_allowed"),
        ("GET", "/auth/login", 405, "method_not_allowed"),
        ("GET", "/chat/conversations", 401, "not_authenticated"),
        ("POST", "/chat", 401, "not_authenticated"),
    ]:
        with subtests.test(method=method, path=path):
            json = {"message": "x"} if method == "POST" else None
            response = await client.open(path, method=method, json=json)
            body = await response.get_json()
            assert (response.status_code, body["code"]) == (status, code)
            assert body["message"].endswith(".")
            assert response.mimetype == "application/json"
            assert response.headers["Cache-Control"] == "no-store"
            if status == 405:
                assert "POST" in response.headers["Allow"] or "GET" in response.headers["Allow"]


async def test_a_body_that_cannot_be_read_is_refused_with_the_reason(
    client: Client, subtests: pytest.Subtests
) -> None:
    for data, content_type, status, code in [
        (b"{", "application/json", 400, "invalid"),
        (b"", "application/json", 400, "invalid"),
        (b"\xff\xfe", "application/json", 400, "invalid"),
        (b'{"email": "\\ud800", "password": "x"}', "application/json", 400, "invalid"),
        (b"[" * 100_000, "application/json", 400, "invalid"),
        (
            b'{"email": "a@b.example", "password": "x", "more": ' + b"[" * 100_000,
            "application/json",
            400,
            "invalid",
        ),
        (b"{}", "application/json", 422, "invalid"),
        (b'{"email": "a\\u0000", "password": "x"}', "application/json", 422, "invalid"),
        (b"email=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"x" * 300_000, "application/json", 413, "too_large"),
    ]:
        with subtests.test(data=data[:60], content_type=content_type):
            response = await client.post("/auth/login", data=data, headers={"Content-Type": content_type})
            body = await response.get_json()
            assert (response.status_code, body["code"]) == (status, code)
            assert body["message"]


async def test_a_fault_on_our_side_is_told_without_its_inside(
    app: Fireside, inbox: Inbox, agent: Person
) -> None:
    await app.areas.spine.db.execute("alter table inboxes rename column key to was_key")
    response = await agent.get("/chat/inboxes")
    body = await response.get_json()
    assert (response.status_code, body["code"]) == (500, "internal")
    assert "was_key" not in str(body)


async def test_all_documented_codes_have_a_status() -> None:
    def tree(error: type[FiresideError]) -> list[type[FiresideError]]:
        return [error, *(leaf for branch in error.__subclasses__() for leaf in tree(branch))]

    for error in tree(FiresideError):
        if "code" in vars(error):
            assert 400 <= error.status < 600
