"""A server's answer: one JSON document, or a stream of events. Its bytes decide, not its headers.

Servers and the proxies before them send streams as JSON, documents as streams, and either without a Content-Type.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2

from app.bots.bot import BotFailed
from app.bots.sse import Event, EventParser, EventTooLarge

DOCUMENT_BYTES = 1024 * 1024
"""The longest answer that is no stream: 16,000 characters, all written as JSON escapes, thoughts before them, and
room to spare."""
UNPACKED_BYTES = 64 * 1024
"""Bytes unpacked at once; a few bytes of a packed answer may stand for very many."""

BOM = b"\xef\xbb\xbf"
BLANKS = b" \t\r\n"


async def events(response: httpx2.Response) -> AsyncGenerator[Event, None]:
    """Yield the events of a stream, or the document in place of one.

    Raises:
        BotFailed: It is neither, or too large.
    """
    head = b""
    parser: EventParser | None = None
    async with aclosing(_bytes(response)) as parts:
        async for part in parts:
            if parser is not None:
                for event in _feed(parser, part):
                    yield event
                continue
            # Some servers write blank lines while their model is at work.
            head = (head + part).removeprefix(BOM).lstrip(BLANKS)
            if head[:1] in (b"{", b"["):
                document = head + await _rest(parts, len(head))
                yield Event("", document.decode(errors="replace"), is_document=True)
                return
            if head[:1] == b"<":
                raise BotFailed("the answer is a page, and no stream of events")
            if head and not BOM.startswith(head):
                parser = EventParser()
                for event in _feed(parser, head):
                    yield event
    if parser is not None:
        for event in parser.close():
            yield event


async def read_document(response: httpx2.Response) -> bytes:
    """Read the whole body.

    Raises:
        BotFailed: It is too large.
    """
    async with aclosing(_bytes(response)) as parts:
        return (await _rest(parts, 0)).removeprefix(BOM)


def _feed(parser: EventParser, part: bytes) -> list[Event]:
    try:
        return list(parser.feed(part))
    except EventTooLarge as error:
        raise BotFailed("an event of the answer is too large", reason="limit") from error


async def _rest(parts: AsyncGenerator[bytes, None], already: int) -> bytes:
    rest = bytearray()
    async for part in parts:
        rest += part
        if already + len(rest) > DOCUMENT_BYTES:
            raise BotFailed(f"the answer is longer than {DOCUMENT_BYTES} bytes", reason="limit")
    return bytes(rest)


async def _bytes(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """Yield the body as it was before it was packed. We do not ask for packed bodies, but some servers insist."""
    unpacker = None
    encoding = response.headers.get("content-encoding", "").strip().lower()
    begun = False
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            if not begun and part:
                begun = True
                # The first byte of gzip begins neither JSON nor an event.
                if part[:1] == b"\x1f" or encoding == "deflate":
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
            if unpacker is None:
                yield part
                continue
            packed = part
            while packed:
                try:
                    unpacked = unpacker.decompress(packed, UNPACKED_BYTES)
                except zlib.error as error:
                    raise BotFailed("the answer cannot be unpacked") from error
                yield unpacked
                packed = unpacker.unconsumed_tail
                if unpacker.eof:  # Of several packets in a row, as gzip allows.
                    packed, unpacker = unpacker.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 32)
