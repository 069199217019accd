"""Each limit of the settings: it bites and tells how long to wait, and 0 switches it off."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2
import msgspec
import pytest

from app.people.accounts.service import FAILURE_SECONDS
from app.protocol import Surface
from app.settings.variables import VARIABLES
from tests.attacks.raw import Peers, event
from tests.client import message
from tests.server.installation import Installation
from tests.server.processes import Server

LIMITS = [name for name in VARIABLES if name.startswith("LIMIT_")]
ROOM = {
    # So that they do not bite before the others do.
    "LIMIT_WIDGET_FRAMES": 40,
    "LIMIT_ADMIN_FRAMES": 40,
    "LIMIT_ADDRESS_CONNECTIONS": 12,
    "LIMIT_LOGIN_FAILURES": 2,
}
TEXT = "é" * 16_000
"""The longest message, of which bytes are counted."""
TEXT_BYTES = 32_000
BUDGETS = {"LIMIT_CUSTOMER_BYTES", "LIMIT_CUSTOMER_DAY_BYTES", "LIMIT_CONVERSATION_BYTES"}
"""Those that count the same bytes: each needs a process where it alone can bite."""
BYTES = {"LIMIT_WIDGET_BYTES", "LIMIT_ADMIN_BYTES"} | BUDGETS
COUNTS = {limit: ROOM.get(limit, 3 if limit in BYTES else 6) for limit in LIMITS}
SETTINGS = {
    # With the JSON around the text, and a little for what else is said.
    limit: count * (TEXT_BYTES + 500) if limit in BYTES else count
    for limit, count in COUNTS.items()
}
TRIES = {limit: 2 * count for limit, count in COUNTS.items()}
Refusals = list[dict[str, Any]]


class Attempt:
    """Somebody who does one thing too often, at one process."""

    def __init__(self, server: Server, peers: Peers, installation: Installation) -> None:
        self._server = server
        self._peers = peers
        self._installation = installation

    async def on_socket(
        self, surface: Surface, type: str, tries: int, *, text: str = "Hello", padding: str = ""
    ) -> Refusals:
        """Say the same many times, and a last word that is answered when all is."""
        here = await self._installation.customer()
        person = here if surface == "widget" else await self._installation.agent()
        peer = await self._peers.open(surface, token=person.token, address=self._server.host)
        where = here.conversation_id
        if type == "typing_start":
            peer.write(event("join_conversation", id="in", conversation_id=where))
            await peer.hear_answer("in")
        for number in range(tries):
            fields = {**message(where, text), "padding": padding, "since": 0, "id": number, "t": number}
            peer.write(event(type, **fields))
        if type == "ping":
            while sum(heard["type"] in {"pong", "error"} for heard in peer.heard) < tries:
                await peer.hear()
        else:
            await peer.round_trip("the end")
        return [heard for heard in peer.heard if heard["type"] == "error"]

    async def over_http(self, tries: int, path: str, body: Callable[[], Any]) -> Refusals:
        async with httpx2.AsyncClient(base_url=self._server.url, timeout=30) as http:
            answers = [await http.post(path, json=body()) for _ in range(tries)]
        refused = [answer for answer in answers if answer.status_code == 429]
        for answer in refused:
            wait_ms = answer.json()["retry_after_ms"]
            assert 0 <= int(answer.headers["Retry-After"]) * 1000 - wait_ms < 1000
        return [answer.json() for answer in refused]

    async def come_in(self, tries: int) -> Refusals:
        await self._installation.customer()  # Makes the inbox.
        return await self.over_http(tries, "/chat/sessions", lambda: {"inbox": self._installation.inbox_key})

    async def guess(self, tries: int, email: Callable[[], str]) -> Refusals:
        return await self.over_http(tries, "/auth/login", lambda: {"email": email(), "password": "a guess"})

    async def authenticate(self, tries: int) -> Refusals:
        """Open sockets of one user; each process counts its own."""
        person = await self._installation.customer()
        refused = []
        for number in range(tries):
            peer = await self._peers.open(address=self._server.host)
            peer.write(event("authenticate", id=number, token=person.token, v=1))
            answer = await peer.hear_answer(number)
            if answer["type"] == "error":
                refused.append(answer)
                assert await peer.closed() == 4409
        return refused

    async def connect(self, tries: int) -> Refusals:
        """Open sockets of one address."""
        refused = []
        for _ in range(tries):
            peer = await self._peers.connect(self._server.host)
            if await peer.upgrade("/ws/widget") == 429:
                length = re.search(rb"content-length: (\d+)", peer.head.lower())
                assert length is not None, peer.head
                refused.append(msgspec.json.decode(await peer.reader.readexactly(int(length[1]))))
        return refused


def on_socket(surface: Surface, type: str, **fields: str) -> Callable[[Attempt, int], Awaitable[Refusals]]:
    return lambda attempt, tries: attempt.on_socket(surface, type, tries, **fields)


def guess_at_one_account(attempt: Attempt, tries: int) -> Awaitable[Refusals]:
    email = f"{uuid4()}@example.com"
    return attempt.guess(tries, lambda: email)


ATTEMPTS: dict[str, Callable[[Attempt, int], Awaitable[Refusals]]] = {
    "LIMIT_WIDGET_FRAMES": on_socket("widget", "ping"),
    "LIMIT_WIDGET_SENDS": on_socket("widget", "send_message"),
    "LIMIT_WIDGET_JOINS": on_socket("widget", "join_conversation"),
    "LIMIT_WIDGET_TYPING": on_socket("widget", "typing_start"),
    "LIMIT_ADMIN_FRAMES": on_socket("admin", "ping"),
    "LIMIT_ADMIN_SENDS": on_socket("admin", "send_message"),
    "LIMIT_ADMIN_JOINS": on_socket("admin", "join_conversation"),
    "LIMIT_ADMIN_TYPING": on_socket("admin", "typing_start"),
    "LIMIT_WIDGET_BYTES": on_socket("widget", "ping", padding=TEXT),
    "LIMIT_ADMIN_BYTES": on_socket("admin", "ping", padding=TEXT),
    **dict.fromkeys(BUDGETS, on_socket("widget", "send_message", text=TEXT)),
    "LIMIT_SESSIONS": Attempt.come_in,
    "LIMIT_LOGIN_FAILURES": guess_at_one_account,
    "LIMIT_USER_CONNECTIONS": Attempt.authenticate,
    "LIMIT_ADDRESS_CONNECTIONS": Attempt.connect,
}


@pytest.fixture(scope="module")
def strict(installation: Installation, server: Server) -> Server:
    """A process with all limits but the budgets, beside one that has none."""
    return installation.start(**{limit: str(SETTINGS[limit]) for limit in set(LIMITS) - BUDGETS})


def check(refused: Refusals) -> None:
    for error in refused:
        assert error["code"] == "rate_limited"
        assert error["message"]
        assert 0 < error["retry_after_ms"] <= 86_400_000


def test_every_limit_is_tried() -> None:
    assert set(ATTEMPTS) == set(LIMITS)


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_limit_bites_and_tells_how_long_to_wait(
    limit: str, strict: Server, peers: Peers, installation: Installation
) -> None:
    if limit in BUDGETS:
        strict = installation.start(**{limit: str(SETTINGS[limit])})
    refused = await ATTEMPTS[limit](Attempt(strict, peers, installation), TRIES[limit])
    # Joining and authenticating count too, and while it goes on a little comes back.
    assert abs(len(refused) - COUNTS[limit]) <= 3
    assert refused
    check(refused)


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_limit_of_nothing_is_none(
    limit: str, server: Server, peers: Peers, installation: Installation
) -> None:
    assert not await ATTEMPTS[limit](Attempt(server, peers, installation), TRIES[limit])


async def test_guesses_at_many_accounts_are_limited_by_address(
    strict: Server, peers: Peers, installation: Installation
) -> None:
    attempt = Attempt(strict, peers, installation)
    refused: Refusals = []
    passed = 0
    begun = time.monotonic()
    while len(refused) < 2:
        refusal = await attempt.guess(1, lambda: f"{uuid4()}@example.com")
        refused += refusal
        passed += not refusal
        # Hashing takes a busy machine so long that meanwhile guesses are earned again.
        allowed = 10 * COUNTS["LIMIT_LOGIN_FAILURES"]
        assert passed <= allowed * (1 + (time.monotonic() - begun) / FAILURE_SECONDS)
    check(refused)
