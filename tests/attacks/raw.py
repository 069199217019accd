"""A peer that keeps no rules: bytes on a TCP connection, and what comes back for them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast

import msgspec

PATIENCE_SECONDS = 45.0
"""Past this, what a test waits for will not come."""
TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
DEFLATE = "permessage-deflate; client_max_window_bits"
"""The extension that every browser offers."""
MASK = b"\x12\x34\x56\x78"


def frame(
    payload: bytes = b"",
    opcode: int = TEXT,
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return a frame as a client sends it, or as no client would; `length` is what its header claims."""
    size = len(payload) if length is None else length
    head = bytes([fin << 7 | reserved << 4 | opcode])
    if size < 126:
        head += bytes([masked << 7 | size])
    elif size < 65536:
        head += bytes([masked << 7 | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([masked << 7 | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    repeated = (MASK * (len(payload) // 4 + 1))[: len(payload)]
    return head + MASK + bytes(a ^ b for a, b in zip(payload, repeated, strict=True))


def event(type: str, **fields: Any) -> bytes:
    return frame(msgspec.json.encode({"type": type, **fields}))


class Peer:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.head = b""
        """The head of the answer to the upgrade."""
        self.heard: list[dict[str, Any]] = []
        self.close_code = 1006
        self.polite = True
        """Whether a close frame is answered, and is the end."""
        self.says_no_more = False

    async def upgrade(self, path: str, **headers: str) -> int:
        """Ask for an upgrade and return the status of the answer."""
        self.write(upgrade_request(path, **headers))
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.head = await self.reader.readuntil(b"\r\n\r\n")
        return int(self.head.split()[1])

    def write(self, data: bytes) -> None:
        if not (self.says_no_more or self.writer.transport.is_closing()):
            self.writer.write(data)

    def end_writing(self) -> None:
        """Say that no more will come. A connection that the server has reset meanwhile has said so already."""
        self.says_no_more = True
        with suppress(OSError):
            self.writer.write_eof()

    async def pour(self, chunks: Iterable[bytes]) -> None:
        """Write as fast as the server takes it, until it takes no more."""
        try:
            for chunk in chunks:
                if self.says_no_more or self.reader.at_eof():
                    return
                self.write(chunk)
                await self.writer.drain()
                # While the server takes all, `drain` does not let anybody listen.
                await asyncio.sleep(0)
        except ConnectionError:
            pass

    async def trickle(self, bits: Iterable[bytes]) -> None:
        """Write bit by bit, one each quarter of a second, until the server ends it or nothing is left."""
        for bit in bits:
            if self.says_no_more or self.reader.at_eof():
                return
            self.write(bit)
            await asyncio.sleep(0.25)

    def turn_deaf(self) -> None:
        """Take nothing more from the network."""
        cast(asyncio.Transport, self.writer.transport).pause_reading()

    async def hear(self) -> dict[str, Any]:
        """Return the next event.

        Raises:
            EOFError: There is none: the connection has ended, and `close_code` tells how.
        """
        while True:
            async with asyncio.timeout(PATIENCE_SECONDS):
                opcode, payload = await self._read()
            if opcode == CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big")
                if self.polite:
                    self.write(frame(payload[:2], CLOSE))
                    self.end_writing()
            elif opcode == TEXT:
                heard: dict[str, Any] = msgspec.json.decode(payload)
                self.heard.append(heard)
                return heard

    async def _read(self) -> tuple[int, bytes]:
        try:
            first, second = await self.reader.readexactly(2)
            assert not first & 0x70, "a reserved bit: an extension that nobody asked for"
            assert not second & 0x80, "a server's frames are not masked"
            length = second
            if length >= 126:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
            return first & 0x0F, await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError from error

    async def hear_answer(self, request_id: int | str) -> dict[str, Any]:
        while (heard := await self.hear()).get("re") != request_id:
            pass
        return heard

    async def round_trip(self, mark: str = "still here") -> None:
        """Ask whether the line still holds, and wait for the answer."""
        self.write(event("ping", t=mark))
        while (await self.hear()).get("t") != mark:
            pass

    async def closed(self) -> int:
        """Wait for the end and return the close code; 1006 is an end without a close frame."""
        try:
            while True:
                await self.hear()
        except EOFError:
            self.cut()
            return self.close_code

    async def answered(self) -> bytes:
        """Wait for the end of a connection that speaks plain HTTP, and return what came, if it was not reset."""
        came = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(ConnectionError):
                while data := await self.reader.read(65_536):
                    came += data
        return came

    def cut(self) -> None:
        """End it without a word."""
        self.writer.transport.abort()

    async def gone(self) -> None:
        self.cut()
        with suppress(OSError):
            await self.writer.wait_closed()


class Peers:
    """Opens connections to a server, and ends those that are left."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._peers: list[Peer] = []

    async def connect(
        self,
        address: tuple[str, int] | None = None,
        *,
        receive_buffer: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Peer:
        """Connect and say nothing."""
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.setblocking(False)  # noqa: FBT003
        if receive_buffer is not None:
            # So that it is soon full; a window, once offered, is not taken back.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(line, address or self._address)
        name = "localhost" if tls else None
        peer = Peer(*await asyncio.open_connection(sock=line, ssl=tls, server_hostname=name))
        self._peers.append(peer)
        return peer

    async def open(
        self,
        surface: str = "widget",
        *,
        token: str | None = None,
        address: tuple[str, int] | None = None,
        receive_buffer: int | None = None,
        **headers: str,
    ) -> Peer:
        """Upgrade to a WebSocket, and with a token authenticate."""
        peer = await self.connect(address, receive_buffer=receive_buffer)
        status = await peer.upgrade(f"/ws/{surface}", **headers)
        assert status == 101, peer.head
        if token is not None:
            peer.write(event("authenticate", id=0, token=token, v=1))
            assert (await peer.hear())["type"] == "authenticated"
        return peer

    async def end(self) -> None:
        await asyncio.gather(*(peer.gone() for peer in self._peers))


def upgrade_request(path: str, **headers: str) -> bytes:
    fields = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin1")
