"""Customers who write all the time: `python -m bench.faces.writers URL CONVERSATIONS PER_SECOND`, until its input ends.

A process of its own, so that what it does does not disturb the clock of the measurements.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from uuid import uuid4

import msgspec
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.faces.seed import conversation_of

TOGETHER = 50
"""Writers that connect at a time."""
LONG_EVERY = 20
"""Each so-many-th message goes into the long conversation, which is open on the screen."""
TEXT = "Is the blue one also available in a larger size, and how soon could it be here?"
encode = msgspec.json.Encoder().encode


class Writer:
    """A customer with a socket."""

    def __init__(self, socket: ClientConnection, conversation_id: str) -> None:
        self._socket = socket
        self._conversation_id = conversation_id
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for _ in self._socket:
            pass

    async def join(self) -> None:
        await self._send({"type": "join_conversation", "id": 2})

    async def type(self) -> None:
        await self._send({"type": "typing_start"})

    async def say(self, text: str) -> None:
        message_id = str(uuid4())
        content = {"type": "text", "text": text}
        await self._send(
            {"type": "send_message", "id": message_id, "client_msg_id": message_id, "content": content}
        )

    async def _send(self, frame: dict[str, object]) -> None:
        await self._socket.send(encode({"conversation_id": self._conversation_id, **frame}).decode())


async def come(url: str, number: int, stack: AsyncExitStack) -> Writer:
    """Connect the customer of this number and join their conversation."""
    socket = await stack.enter_async_context(connect(f"{url}/ws/widget", compression=None, open_timeout=60))
    await socket.send(encode({"type": "authenticate", "id": 1, "token": f"session{number}", "v": 1}).decode())
    await socket.recv()
    writer = Writer(socket, conversation_of(number))
    await writer.join()
    return writer


async def write(writers: list[Writer], per_second: float) -> None:
    """Let each write in turn, announced by their typing a second before."""
    began, sent = time.perf_counter(), 0
    ahead = int(per_second)
    while True:
        due = int((time.perf_counter() - began) * per_second)
        while sent < due:
            long = sent % LONG_EVERY == 0
            await (writers[0] if long else writers[sent % len(writers)]).say(f"{TEXT} ({sent})")
            await writers[(sent + ahead) % len(writers)].type()
            sent += 1
        await asyncio.sleep(0.005)


async def main(url: str, conversations: int, per_second: float) -> None:
    async with AsyncExitStack() as stack:
        writers: list[Writer] = []
        for first in range(1, conversations + 1, TOGETHER):
            numbers = range(first, min(first + TOGETHER, conversations + 1))
            writers += await asyncio.gather(*(come(url, number, stack) for number in numbers))
        print("writing", flush=True)
        writing = asyncio.create_task(write(writers, per_second))
        ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait((writing, ended), return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            writing.result()
        writing.cancel()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
