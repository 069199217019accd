"""WebSockets over HTTP/1.1 and over HTTP/2, for a client that need not know which."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, Protocol
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events
import h2.settings
import websockets
from websockets.asyncio.client import ClientConnection, connect
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, TextMessage

HttpVersion = Literal["http/1.1", "http/1.1 through Hypercorn", "http/2"]
LONG_WAY = [("X-Twice", "1"), ("X-Twice", "2")]
"""A header that comes twice is not for the short way."""


class WireClosed(Exception):
    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Rejected(Exception):
    """The upgrade was answered with another status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Wire(Protocol):
    async def send(self, message: str | bytes) -> None: ...
    async def receive(self) -> str | bytes: ...
    async def close(self) -> None: ...
    def abort(self) -> None: ...


async def open_wire(
    url: str,
    http: HttpVersion,
    headers: Mapping[str, str],
    receive_buffer: int | None = None,
    tls: ssl.SSLContext | None = None,
) -> Wire:
    """Open a WebSocket, with so many bytes at most that wait to be read.

    Raises:
        Rejected: The server said no.
    """
    parts = urlsplit(url)
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.setblocking(False)  # noqa: FBT003
    if receive_buffer is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    await asyncio.get_running_loop().sock_connect(line, (parts.hostname, parts.port))
    if http == "http/2":
        return await Http2Wire.open(line, url, headers, tls)
    more = [] if http == "http/1.1" else LONG_WAY
    return await Http1Wire.open(line, url, [*headers.items(), *more], tls)


class Http1Wire:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @classmethod
    async def open(
        cls, line: socket.socket, url: str, headers: list[tuple[str, str]], tls: ssl.SSLContext | None
    ) -> Http1Wire:
        try:
            connection = await connect(
                url,
                sock=line,
                ssl=tls,
                additional_headers=headers,
                compression=None,
                ping_interval=None,
                max_size=None,
                proxy=None,
                close_timeout=2,
            )
        except websockets.InvalidStatus as error:
            raise Rejected(error.response.status_code) from None
        return cls(connection)

    async def send(self, message: str | bytes) -> None:
        with suppress(websockets.ConnectionClosed):  # The reader tells of it.
            await self._connection.send(message)

    async def receive(self) -> str | bytes:
        try:
            return await self._connection.recv()
        except websockets.ConnectionClosed as error:
            frame = error.rcvd
            raise WireClosed(frame.code if frame else 1006, frame.reason if frame else "") from None

    async def close(self) -> None:
        await self._connection.close()

    def abort(self) -> None:
        self._connection.transport.abort()


class Http2Wire:
    """RFC 8441; without TLS, with prior knowledge."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None))
        self._frames = Connection(ConnectionType.CLIENT)
        self._stream = 0
        self._status = 0
        self._messages: deque[str | bytes] = deque()
        self._text: list[str] = []
        self._closed: WireClosed | None = None
        self._window = asyncio.Event()
        self._writing = asyncio.Lock()

    @classmethod
    async def open(
        cls, line: socket.socket, url: str, headers: Mapping[str, str], tls: ssl.SSLContext | None
    ) -> Http2Wire:
        parts = urlsplit(url)
        name = parts.hostname if tls else None
        wire = cls(*await asyncio.open_connection(sock=line, ssl=tls, server_hostname=name))
        http = wire._http
        http.initiate_connection()
        wire._flush()
        while http.remote_settings.enable_connect_protocol != 1:
            await wire._read()
        wire._stream = http.get_next_available_stream_id()
        request = {
            ":method": "CONNECT",
            ":protocol": "websocket",
            ":scheme": "http",
            ":path": parts.path,
            ":authority": parts.netloc,
            "sec-websocket-version": "13",
            **{name.lower(): value for name, value in headers.items()},
        }
        http.send_headers(wire._stream, list(request.items()))
        wire._flush()
        while not wire._status:
            await wire._read()
        if wire._status != 200:
            wire.abort()
            raise Rejected(wire._status)
        return wire

    async def send(self, message: str | bytes) -> None:
        event = TextMessage(message) if isinstance(message, str) else BytesMessage(message)
        async with self._writing:
            if self._closed is None:  # Else the reader tells of it.
                await self._write(self._frames.send(event))

    async def _write(self, data: bytes) -> None:
        while data and self._closed is None:
            size = min(self._http.local_flow_control_window(self._stream), self._http.max_outbound_frame_size)
            if size == 0:
                self._window.clear()
                await self._window.wait()
                continue
            self._http.send_data(self._stream, data[:size])
            data = data[size:]
            self._flush()

    async def receive(self) -> str | bytes:
        while not self._messages:
            if self._closed is not None:
                self._writer.close()
                raise self._closed
            await self._read()
        return self._messages.popleft()

    async def close(self) -> None:
        async with self._writing:
            if self._closed is None:
                await self._write(self._frames.send(CloseConnection(1000)))

    def abort(self) -> None:
        self._writer.transport.abort()

    async def _read(self) -> None:
        try:
            data = await self._reader.read(65536)
        except ConnectionError:
            data = b""
        if not data:
            self._end(1006)
            return
        for event in self._http.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                self._status = int(dict(event.headers)[b":status"])
            elif isinstance(event, h2.events.DataReceived):
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if self._status == 200:
                    await self._take(event.data)
            elif isinstance(event, h2.events.StreamEnded | h2.events.StreamReset):
                self._end(1006)
            elif isinstance(event, h2.events.WindowUpdated):
                self._window.set()
        self._flush()

    async def _take(self, data: bytes) -> None:
        self._frames.receive_data(data)
        for event in self._frames.events():
            if isinstance(event, TextMessage):
                self._text.append(event.data)
                if event.message_finished:
                    self._messages.append("".join(self._text))
                    self._text.clear()
            elif isinstance(event, CloseConnection):
                self._end(event.code, event.reason or "")

    def _end(self, code: int, reason: str = "") -> None:
        if self._closed is None:
            self._closed = WireClosed(code, reason)
        self._window.set()

    def _flush(self) -> None:
        if not self._writer.is_closing():
            self._writer.write(self._http.data_to_send())
