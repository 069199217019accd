"""`python -m tests.attacks.visitors`: visitors who write the longest messages as fast as they are let.

A process of their own, so that they do not slow down whoever is measured beside them. Standard input has the address
of the server and who they are; they go on until they are killed.
"""

from __future__ import annotations

import asyncio
import random
import sys
from contextlib import suppress

import msgspec

from tests.attacks.raw import Peers, event
from tests.client import message

LONGEST = {
    "content": {"type": "text", "text": "".join(random.choices("".join(map(chr, range(192, 512))), k=16_000))}
}
"""Of letters in no order, for what repeats is stored small."""
BREATH_SECONDS = 0.25
"""Between two connections of one visitor."""


class Visitor(msgspec.Struct):
    token: str
    conversation_id: str


class Visitors(msgspec.Struct):
    host: tuple[str, int]
    all: list[Visitor]


async def write_without_end(peers: Peers, visitor: Visitor) -> None:
    while True:
        peer = await peers.open(token=visitor.token)
        longest = (message(visitor.conversation_id) | LONGEST for _ in range(2000))
        writing = asyncio.create_task(peer.pour(event("send_message", id=1, **fields) for fields in longest))
        with suppress(EOFError):
            while True:
                await peer.hear()
        writing.cancel()
        await asyncio.sleep(BREATH_SECONDS)


async def main() -> None:
    visitors = msgspec.json.decode(sys.stdin.buffer.read(), type=Visitors)
    peers = Peers(visitors.host)
    await asyncio.gather(*(write_without_end(peers, visitor) for visitor in visitors.all))


if __name__ == "__main__":
    asyncio.run(main())
