"""One socket of the load: connects, gets in, joins, and then calls back for every delivery and every ack.

A load that decoded each frame would be slower than the servers. It looks at a few bytes of known positions instead, and
at the mark that each text carries: when it was meant to be sent, in nanoseconds of this process's clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from picows import WSListener, WSMsgType, WSTransport, ws_connect

TEXT = WSMsgType.TEXT
CONNECT_SECONDS = 60.0
FILLING = "Is the blue one also available in a larger size, and how soon could it be here?"
"""The text that a customer writes; every peer is sent the same."""


class Person(msgspec.Struct, kw_only=True):
    """The owner of a socket, and what it does when it is connected."""

    token: str
    is_agent: bool = False
    conversations: list[str] = []
    """Joined on connecting."""
    since: int | None = None
    """Resume from here instead of joining at the head."""
    epoch: str = ""
    """Of the log that `since` is of."""
    follows_inbox: bool = False


class Client(WSListener):  # type: ignore[misc]
    """The common part of all dialects."""

    def __init__(self, person: Person, url: str, number: int) -> None:
        self.person = person
        self.url = url
        self.number = number
        """Makes the ids of its messages its own."""
        self.sent = 0
        self.received = 0
        self.transport: WSTransport
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket is in and has what it missed; cancelled when it was lost before."""
        self.lost: Callable[[Client], None] = ignore_loss
        self.delivered: Callable[[Client, bytes], None] = ignore
        self.acked: Callable[[Client, bytes], None] = ignore
        self.listed: Callable[[Client, bytes], None] = ignore

    def path(self) -> str:
        raise NotImplementedError

    def say(self, conversation_id: str, meant_at: int) -> None:
        """Send a message that says when it was meant to be sent."""
        raise NotImplementedError

    def type(self, conversation_id: str) -> None:
        """Say that somebody is typing, where the server knows of such a thing."""

    def cut(self) -> None:
        """Break the connection, as a network does."""
        self.transport.underlying_transport.abort()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not self.ready.done():
            self.ready.cancel()
        self.lost(self)

    def got_in(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)


def ignore(client: Client, payload: bytes) -> None:
    pass


def ignore_loss(client: Client) -> None:
    pass


def marked(meant_at: int) -> str:
    return f"~{meant_at:019d}~{FILLING}"


def mark_of(payload: bytes) -> int:
    """Return when the message in a frame was meant to be sent, or 0 for a message of somebody else."""
    start = payload.find(b"~")
    return int(payload[start + 1 : start + 20]) if start >= 0 else 0


async def connect(client: Client) -> None:
    """Connect and get in.

    Raises:
        OSError, picows.WSError: It was refused.
        asyncio.CancelledError: It was closed before it was in.
    """
    await ws_connect(lambda: client, client.url + client.path(), websocket_handshake_timeout=CONNECT_SECONDS)
    await client.ready


async def connect_all(clients: list[Client], *, at_once: int = 64) -> None:
    """Connect all, so many at a time."""
    slots = asyncio.Semaphore(at_once)

    async def one(client: Client) -> None:
        async with slots, asyncio.timeout(CONNECT_SECONDS):
            await connect(client)

    await asyncio.gather(*(one(client) for client in clients))
