"""Tokens that are forged, misplaced, or of the wrong kind."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.attacks.raw import Peers, event
from tests.client import message
from tests.server.installation import JWT_SECRET, Installation, Person
from tests.server.processes import Server

ENVIRONMENT = {"AUTH_TIMEOUT_MS": "300", "LOG_LEVEL": "debug"}


def forge(header: dict[str, Any], claims: dict[str, Any], key: bytes | None = JWT_SECRET.encode()) -> str:
    """Sign with HMAC-SHA-256, whatever the header says; without a key, not at all."""
    signed = b".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    signature = b"" if key is None else encode(hmac.new(key, signed, hashlib.sha256).digest())
    return (signed + b"." + signature).decode()


def encode(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


HEADERS: dict[str, tuple[dict[str, Any], bytes | None]] = {
    "alg none": ({"alg": "none"}, None),
    "alg None, signed": ({"alg": "None"}, JWT_SECRET.encode()),
    "alg nOnE": ({"alg": "nOnE"}, None),
    "no alg": ({"typ": "JWT"}, JWT_SECRET.encode()),
    "alg null": ({"alg": None}, JWT_SECRET.encode()),
    "alg a list": ({"alg": ["HS256"]}, JWT_SECRET.encode()),
    "lower case": ({"alg": "hs256"}, JWT_SECRET.encode()),
    "RS256 over an HMAC": ({"alg": "RS256"}, JWT_SECRET.encode()),
    "ES256 over an HMAC": ({"alg": "ES256"}, JWT_SECRET.encode()),
    "HS512 over an HMAC of 256 bits": ({"alg": "HS512"}, JWT_SECRET.encode()),
    "a key of its own": ({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}, b"\0\0\0"),
    "a key from a file": ({"alg": "HS256", "kid": "/dev/null"}, b""),
    "a key from elsewhere": ({"alg": "HS256", "jku": "https://evil.example/keys"}, b"evil"),
    "an extension it insists on": ({"alg": "HS256", "crit": ["b64"], "b64": False}, JWT_SECRET.encode()),
    "no signature": ({"alg": "HS256"}, None),
}


@pytest.mark.parametrize("name", HEADERS)
async def test_a_token_does_not_choose_how_it_is_checked(
    peers: Peers, agent: Person, rest: httpx2.AsyncClient, name: str
) -> None:
    header, key = HEADERS[name]
    token = forge(header, {"sub": str(agent.id), "aud": "ws-admin", "exp": int(time.time()) + 900}, key)
    peer = await peers.open("admin")
    peer.write(event("authenticate", id=1, token=token, v=1))
    error = await peer.hear()
    assert (error["code"], await peer.closed()) == ("auth_failed", 4401)
    assert token not in str(error)
    response = await rest.get("/chat/agents", headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["code"]) == (401, "auth_failed")


async def test_a_good_forgery_would_be_let_in(peers: Peers, agent: Person) -> None:
    """It shows that the others are refused for what is wrong with them."""
    claims = {"sub": str(agent.id), "aud": "ws-admin", "exp": int(time.time()) + 900}
    await peers.open("admin", token=forge({"alg": "HS256"}, claims))


async def test_a_token_in_the_address_or_a_header_of_the_upgrade_opens_nothing(
    peers: Peers, server: Server, customer: Person
) -> None:
    token = customer.token
    for path, headers in (
        (f"/ws/widget?token={token}&access_token={token}", {}),
        ("/ws/widget", {"Authorization": f"Bearer {token}"}),
        ("/ws/widget", {"Cookie": f"token={token}; session={token}; fireside_refresh={token}"}),
    ):
        peer = await peers.connect()
        assert await peer.upgrade(path, **headers) == 101
        peer.write(event("join_conversation", id=1, conversation_id=customer.conversation_id))
        assert (await peer.hear())["code"] == "not_authenticated"
        assert await peer.closed() == 4400
        silent = await peers.connect()
        assert await silent.upgrade(path, **headers) == 101
        assert await silent.closed() == 4200
        assert token not in str(peer.heard + silent.heard)
    assert token not in server.log


async def test_a_token_in_the_address_opens_nothing_over_http(
    customer: Person, rest: httpx2.AsyncClient
) -> None:
    for name in ("token", "access_token", "session_token", "api_key", "authorization"):
        response = await rest.get(
            f"/chat/conversations/{customer.conversation_id}", params={name: customer.token}
        )
        assert response.status_code == 401
        assert customer.token not in response.text


async def test_no_operation_is_open_by_mistake(
    installation: Installation, customer: Person, agent: Person, rest: httpx2.AsyncClient
) -> None:
    """Every documented operation that names tokens refuses none, a bad one, and one of a kind it does not name."""
    tokens = {"agent": agent.token, "session": customer.token}
    operations = [
        (path, method, operation)
        for path, methods in (await rest.get("/openapi.json")).json()["paths"].items()
        for method, operation in methods.items()
    ]
    guarded = 0
    for path, method, operation in operations:
        kinds = {kind for choice in operation.get("security", []) for kind in choice}
        if not kinds:
            continue
        guarded += 1
        url = path.replace("{conversation_id}", customer.conversation_id).replace("{action_id}", str(uuid4()))
        url = re.sub("{[a-z_]+}", "1", url) + f"?conversation_ids={customer.conversation_id}"
        # All that any of them needs: what is not known to one is ignored.
        body = {
            "client_msg_id": str(uuid4()),
            "client_id": str(uuid4()),
            "change": {"status": "closed"},
            "content": {"type": "text", "text": "Hello"},
            "message": "Hello",
            "name": "Hello",
            "password": "correct horse",
            "new_password": "battery staple",
            "title": "Hello",
            "text": "Hello",
            "into": 1,
            "seq": 1,
            "zone": "Europe/Berlin",
            "through": 1,
            "predicate": {"op": "and", "of": []},
            "values": {},
            "conversation_id": customer.conversation_id,
        }
        json_body = body if "requestBody" in operation else None
        for header in (None, "Bearer nonsense", "Bearer fss_nonsense", "Bearer fsk_nonsense", "Basic YTpi"):
            response = await rest.request(
                method, url, headers={"Authorization": header} if header else {}, json=json_body
            )
            assert response.status_code == 401, (method, path, header)
            assert response.headers["WWW-Authenticate"] == "Bearer"
        for kind in tokens.keys() - kinds:
            headers = {"Authorization": f"Bearer {tokens[kind]}"}
            response = await rest.request(method, url, headers=headers, json=json_body)
            assert response.status_code == 403, (method, path, kind)
    assert guarded >= 8
    assert await installation.sql("select count(*) from entries") == 0


async def test_a_client_shown_out_while_waiting_hears_nothing_more(
    installation: Installation, customer: Person, agent: Person, rest: httpx2.AsyncClient
) -> None:
    path = f"/chat/conversations/{customer.conversation_id}"
    polling = asyncio.create_task(rest.get(f"{path}/events?since=0&wait=25", headers=customer.headers))
    async with asyncio.timeout(20):
        while "\nfireside_rooms 1\n" not in (await rest.get("/metrics")).text:
            await asyncio.sleep(0)
    await installation.sql("update sessions set revoked_at = now() where user_id = $1", customer.id)
    said = message("", "Nobody else should read this")
    del said["conversation_id"]
    assert (await rest.post(f"{path}/messages", json=said, headers=agent.headers)).status_code == 201
    response = await polling
    assert (response.status_code, response.json()["code"]) == (401, "auth_failed")
