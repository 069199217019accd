"""Tokens, passwords, keys and addresses: in no log, no error and no table, whatever is done with them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
import redis.asyncio

from app.people.accounts.passwords import Passwords
from app.people.tokens import hash_token, make_token
from tests.attacks.raw import Peers, event, frame
from tests.client import message
from tests.server.installation import JWT_SECRET, NO_LIMITS, Installation
from tests.server.processes import Server

EMAIL, PASSWORD = "grace.hopper@navy.example", "Amazing Grace 1906"
WRONG_PASSWORD = "Amazing Grace 1907"
CUSTOMER_EMAIL, CUSTOMER_NAME = "katherine@nasa.example", "Katherine J."
TEXT = "My card number is 4929 1111 2222 3333"
IDENTITY_SECRET = "identity secret of the website, 32 bytes"


@dataclass
class Life:
    """One process, with what it was told and what it said."""

    installation: Installation
    server: Server
    secrets: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    url: str = ""

    def keep(self, secret: str) -> str:
        self.secrets.add(secret)
        return secret


async def started(server: Server) -> str:
    """Return where a server serves, whatever its logs look like."""
    async with asyncio.timeout(30):
        while (found := re.search(r"http://127\.0\.0\.1:\d+", clean(server.log))) is None:
            await asyncio.sleep(0.02)
    return found[0]


def clean(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m|\n", " ", text)


async def lead_a_life(life: Life) -> None:
    """Do all that has to do with secrets, rightly and wrongly."""
    installation = life.installation
    for secret in (PASSWORD, WRONG_PASSWORD, EMAIL, CUSTOMER_EMAIL, TEXT, IDENTITY_SECRET, JWT_SECRET):
        life.keep(secret)
    await installation.sql(
        "insert into users (role, name, email, password_hash) values ('agent', 'Grace', $1, $2)"
        " on conflict do nothing",
        EMAIL,
        await Passwords().hash(PASSWORD),
    )
    inbox = await installation.inbox(f"Shop {uuid4()}")
    await installation.sql("update inboxes set identity_secret = $1 where key = $2", IDENTITY_SECRET, inbox)
    key = life.keep(make_token("fsk_"))
    await installation.sql(
        "insert into api_keys (name, key_hash) values ($1, $2)", str(uuid4()), hash_token(key)
    )
    async with httpx2.AsyncClient(base_url=life.url, timeout=30) as http:
        access = await sign_in(life, http)
        session, conversation_id = await come_in(life, http, inbox)
        await talk(life, http, access, session, conversation_id, key)
        await go_wrong(life, http, inbox, (access, session, key))
        await http.post("/auth/logout")


async def sign_in(life: Life, http: httpx2.AsyncClient) -> str:
    wrong = await http.post("/auth/login", json={"email": EMAIL, "password": WRONG_PASSWORD})
    life.errors.append(wrong.text)
    assert wrong.status_code == 401
    right = await http.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
    life.keep(right.json()["access_token"])
    life.keep(http.cookies["fireside_refresh"])
    again = await http.post("/auth/refresh")
    life.keep(http.cookies["fireside_refresh"])
    return life.keep(again.json()["access_token"])


async def come_in(life: Life, http: httpx2.AsyncClient, inbox: str) -> tuple[str, str]:
    claims = {"sub": "17", "email": CUSTOMER_EMAIL, "name": CUSTOMER_NAME, "exp": int(time.time()) + 60}
    good = life.keep(jwt.encode(claims, IDENTITY_SECRET, "HS256"))
    forged = life.keep(jwt.encode(claims, "another secret, which is long enough", "HS256"))
    refused = await http.post("/chat/sessions", json={"inbox": inbox, "identity": forged})
    life.errors.append(refused.text)
    assert refused.status_code == 401
    session = (await http.post("/chat/sessions", json={"inbox": inbox, "identity": good})).json()
    return life.keep(session["session_token"]), session["conversation_id"]


async def talk(
    life: Life, http: httpx2.AsyncClient, access: str, session: str, conversation_id: str, key: str
) -> None:
    peers = Peers((str(http.base_url.host), http.base_url.port or 0))
    for surface, token, wrong in (("widget", session, access), ("admin", access, session)):
        peer = await peers.open(surface, token=token)
        peer.write(event("send_message", id=1, **message(conversation_id, TEXT)))
        assert (await peer.hear_answer(1))["type"] == "ack"
        if surface == "admin":
            peer.write(event("refresh_token", id=2, token=session))
            life.errors.append(str(await peer.hear_answer(2)))
        peer.write(frame(f'{{"type": "send_message", "token": "{token}", "text": "{TEXT}"'.encode()))
        peer.write(event("authenticate", id=3, token=token, v=1))
        life.errors.append(str(await peer.hear_answer(3)))
        stranger = await peers.open(surface)
        stranger.write(event("authenticate", id=4, token=wrong, v=1))
        life.errors.append(str(await stranger.hear_answer(4)))
    await peers.end()
    for stream in (False, True):
        response = await http.post(
            "/chat",
            json={"session_id": session, "message": TEXT, "stream": stream},
            headers={"Authorization": f"Bearer {key}"},
        )
        assert response.status_code == 200, response.text


async def go_wrong(life: Life, http: httpx2.AsyncClient, inbox: str, tokens: tuple[str, ...]) -> None:
    for token in tokens:
        requests: list[dict[str, Any]] = [
            {"url": f"/chat/conversations?token={token}"},
            {"url": f"/chat/conversations/{token}"},
            {"url": f"/nowhere/{token}", "headers": {"Authorization": f"Bearer {token}"}},
            {"url": "/chat/agents", "headers": {"Authorization": f"Basic {token}"}},
            {"url": "/chat/agents", "headers": {"Authorization": f"Bearer {token}x"}},
            {"url": "/chat/conversations", "headers": {"Authorization": f"Bearer {token}", "Origin": token}},
            {"method": "POST", "url": "/chat/sessions", "json": {"inbox": inbox, "identity": token}},
            {"method": "POST", "url": "/chat/sessions", "json": {"inbox": token[:64]}},
            {"method": "POST", "url": "/chat/sessions", "content": f'{{"inbox": "{token}'},
            {"method": "POST", "url": "/auth/login", "json": {"email": EMAIL, "password": [token]}},
            {"method": "POST", "url": "/auth/refresh", "headers": {"Cookie": f"fireside_refresh={token}"}},
        ]
        for request in requests:
            response = await http.request(**{"method": "GET", **request})
            if response.status_code >= 400:
                life.errors.append(response.text)


@pytest.fixture
async def life(installation: Installation, request: pytest.FixtureRequest) -> AsyncIterator[Life]:
    """The life of a process that logs all that it can."""
    limits = dict.fromkeys(NO_LIMITS, "1000000")  # So that what is counted is in Redis too.
    server = installation.start(LOG_LEVEL="debug", LOG_FORMAT=request.param, **limits)
    installation.servers.remove(server)  # Its log is not one that `check_log` can read.
    life = Life(installation, server)
    try:
        life.url = await started(server)
        await lead_a_life(life)
        yield life
    finally:
        server.signal(15)
        server.wait()


@pytest.mark.parametrize("life", ["json", "console"], indirect=True)
async def test_secrets_are_nowhere_but_where_they_belong(life: Life) -> None:
    assert "connection_opened" in clean(life.server.log)
    told = {
        "the log": clean(life.server.log),
        "errors": "\n".join(life.errors),
        "tables": await tables(life.installation),
        "Redis": await redis_contents(life.installation.redis_url),
    }
    assert len(life.errors) > 20
    belongs = {"tables": {EMAIL, CUSTOMER_EMAIL, TEXT, IDENTITY_SECRET}}
    for where, text in told.items():
        # The beginning in hexadecimal is how a table shows bytes.
        found = {
            secret
            for secret in life.secrets - belongs.get(where, set())
            if secret in text or secret.encode()[:24].hex() in text
        }
        assert not found, where
    assert CUSTOMER_NAME not in told["the log"]


@pytest.mark.parametrize("life", ["json"], indirect=True)
async def test_passwords_are_kept_as_argon2id_and_tokens_as_hashes(life: Life) -> None:
    stored = await life.installation.sql("select password_hash from users where email = $1", EMAIL)
    assert stored.startswith("$argon2id$v=19$")
    for table, column in (
        ("sessions", "token_hash"),
        ("refresh_tokens", "token_hash"),
        ("api_keys", "key_hash"),
    ):
        rows = await life.installation.rows(f"select {column} from {table}")
        assert rows
        hashes = {bytes(row[0]) for row in rows}
        assert all(len(each) == 32 for each in hashes)
        assert hashes & {hash_token(secret) for secret in life.secrets}


async def tables(installation: Installation) -> str:
    """Return all that is stored, as text."""
    names = await installation.rows("select tablename from pg_tables where schemaname = 'public'")
    rows = [row for (name,) in names for row in await installation.rows(f"select t::text from {name} as t")]
    return "\n".join(row[0] for row in rows)


async def redis_contents(url: str) -> str:
    """Return all names and values that are not expired."""
    readers = {"string": "get", "hash": "hgetall", "set": "smembers"}
    found = []
    async with redis.asyncio.Redis.from_url(url, decode_responses=True) as client:
        async for name in client.scan_iter():
            kind = str(await client.type(name))
            value = (
                await client.zrange(name, 0, -1)
                if kind == "zset"
                else await getattr(client, readers[kind])(name)
            )
            found.append(f"{name} {value}")
    return "\n".join(found)
