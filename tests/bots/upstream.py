"""A server that bots ask, of the tests' own: it speaks HTTP byte by byte, so that it can fail anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec import Struct, field

Piece = bytes | asyncio.Event
"""Sent as one chunk, or waited for before the next is sent."""


class Answer(Struct):
    pieces: tuple[Piece, ...] = ()
    status: int = 200
    content_type: str = "text/event-stream"
    """None is sent if it is empty."""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection breaks after the last piece."""


class Asked(Struct):
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Upstream:
    """Gives the prepared answers in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self.was_asked = asyncio.Condition()
        self.was_left = asyncio.Event()
        """Set when a client goes before it has its answer."""
        self.url = ""
        self._tasks: set[asyncio.Task[None]] = set()

    def will_answer(self, *pieces: Piece, **how: Any) -> None:
        self.answers.append(Answer(pieces, **how))

    async def wait_asked(self, times: int) -> None:
        async with self.was_asked:
            await self.was_asked.wait_for(lambda: len(self.asked) >= times)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        async with self.was_asked:
            self.asked.append(Asked(head[0].split()[1], headers, body))
            self.was_asked.notify_all()
        lines = [f"HTTP/1.1 {answer.status} Whatever"]
        lines += [f"content-type: {answer.content_type}"] if answer.content_type else []
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        bodiless = answer.status == 204
        lines += [] if bodiless else ["transfer-encoding: chunked"]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        for piece in answer.pieces:
            if isinstance(piece, asyncio.Event):
                await self._wait(piece, reader)
            else:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                await writer.drain()
        if answer.cut:
            return False
        writer.write(b"" if bodiless else b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _wait(self, event: asyncio.Event, reader: asyncio.StreamReader) -> None:
        """Wait for the event, or for the client to go."""
        waits = asyncio.create_task(event.wait())
        leaves = asyncio.create_task(reader.read(1))
        done, pending = await asyncio.wait({waits, leaves}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.wait({waits, leaves})
        if leaves in done:
            self.was_left.set()
            raise ConnectionError

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


@asynccontextmanager
async def open_upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield upstream
    finally:
        server.close()
        await upstream.close()


def sse(*events: object, name: str = "") -> bytes:
    """Events as a server writes them; objects become JSON, strings stay."""
    head = f"event:{name}\n" if name else ""
    return "".join(
        f"{head}data: {event if isinstance(event, str) else msgspec.json.encode(event).decode()}\n\n"
        for event in events
    ).encode()
