"""Limits against many who come in the same moment, each on a connection of their own: none passes beyond the count."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import msgspec
import pytest

from app.spine.allowance import PERIOD_SECONDS
from tests.attacks.raw import Peers, event
from tests.client import message
from tests.server.installation import NO_LIMITS, Installation
from tests.server.processes import Server

COUNT = 5
ENVIRONMENT = {
    "LIMIT_SESSIONS": f"{COUNT}",
    "LIMIT_LOGIN_FAILURES": f"{COUNT}",
    "LIMIT_WIDGET_SENDS": f"{COUNT}",
    "LIMIT_WIDGET_JOINS": f"{COUNT}",
    "LIMIT_ADMIN_SENDS": f"{COUNT}",
    "LIMIT_ADMIN_JOINS": f"{COUNT}",
    "LIMIT_USER_CONNECTIONS": f"{COUNT}",
}
Statuses = list[int]


class Crowd:
    def __init__(self, server: Server, lenient: Server, installation: Installation, peers: Peers) -> None:
        self.server = server
        self.lenient = lenient
        self.installation = installation
        self.peers = peers

    async def ask(self, size: int, method: str, path: str, body: object, **headers: str) -> Statuses:
        """Ask so often in the same moment.

        Each connects and asks at once: a crowd that connects first may take a busy machine so long that the server
        ends connections on which nothing was said yet.
        """

        async def one() -> int:
            peer = await self.peers.connect(self.server.host)
            peer.write(request(method, path, body() if callable(body) else body, **headers))
            return int((await peer.answered()).split()[1])

        return await asyncio.gather(*(one() for _ in range(size)))

    async def sessions(self) -> Statuses:
        await self.installation.customer(self.lenient)  # Makes the inbox.
        return await self.ask(300, "POST", "/chat/sessions", {"inbox": self.installation.inbox_key})

    async def guesses(self) -> Statuses:
        return await self.ask(
            100, "POST", "/auth/login", {"email": f"{uuid4()}@x.example", "password": "a guess"}
        )

    async def messages(self) -> Statuses:
        person = await self.installation.customer(self.lenient)

        def body() -> object:
            return {"client_msg_id": str(uuid4()), "content": {"type": "text", "text": "Hello"}}

        path = f"/chat/conversations/{person.conversation_id}/messages"
        return await self.ask(100, "POST", path, body, **person.headers)

    async def reads(self) -> Statuses:
        person = await self.installation.agent()
        return await self.ask(100, "GET", "/chat/conversations", None, **person.headers)

    async def sockets_of_a_user(self) -> Statuses:
        person = await self.installation.customer(self.lenient)
        crowd = await asyncio.gather(*(self.peers.open(address=self.server.host) for _ in range(100)))
        for peer in crowd:
            peer.write(event("authenticate", id=0, token=person.token, v=1))
        answers = await asyncio.gather(*(peer.hear_answer(0) for peer in crowd))
        return [200 if answer["type"] == "authenticated" else 429 for answer in answers]

    async def messages_on_a_socket(self) -> Statuses:
        person = await self.installation.customer(self.lenient)
        peer = await self.peers.open(token=person.token, address=self.server.host)
        peer.write(
            b"".join(event("send_message", id=n, **message(person.conversation_id)) for n in range(100))
        )
        answers: list[str] = []
        while len(answers) < 100:
            heard = await peer.hear()
            if heard["type"] in {"ack", "error"}:
                answers.append(heard["type"])
        return [200 if answer == "ack" else 429 for answer in answers]


def request(method: str, path: str, body: object, **headers: str) -> bytes:
    """Return a request after whose answer the connection ends."""
    content = msgspec.json.encode(body)
    fields = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": len(content),
        **headers,
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin1") + content


CROWDS: dict[str, Callable[[Crowd], Awaitable[Statuses]]] = {
    "sessions": Crowd.sessions,
    "guesses": Crowd.guesses,
    "messages": Crowd.messages,
    "reads": Crowd.reads,
    "sockets of a user": Crowd.sockets_of_a_user,
    "messages on a socket": Crowd.messages_on_a_socket,
}


@pytest.fixture(scope="module")
def lenient(installation: Installation, server: Server) -> Server:
    """A process without limits, by which people come in."""
    return installation.start(**NO_LIMITS)


@pytest.mark.parametrize("name", CROWDS)
async def test_no_crowd_passes_beyond_the_count(
    name: str, server: Server, lenient: Server, installation: Installation, peers: Peers
) -> None:
    begun = time.monotonic()
    statuses = await CROWDS[name](Crowd(server, lenient, installation, peers))
    passed = [status for status in statuses if status != 429]
    # While a busy machine works off what has come, a little is earned again.
    earned = (time.monotonic() - begun) * COUNT / PERIOD_SECONDS
    assert COUNT <= len(passed) <= COUNT + earned
    assert {status // 100 for status in passed} <= {2, 4}


async def test_no_crowd_opens_more_sockets_than_an_address_may(
    installation: Installation, peers: Peers, server: Server
) -> None:
    strict = installation.start(LIMIT_ADDRESS_CONNECTIONS=f"{COUNT}")
    crowd = [await peers.connect(strict.host) for _ in range(100)]
    statuses = await asyncio.gather(*(peer.upgrade("/ws/widget") for peer in crowd))
    assert statuses.count(101) == COUNT
    assert set(statuses) == {101, 429}
