"""A client of HTTP/2 that keeps no rules."""

from __future__ import annotations

import asyncio

import h2.config
import h2.connection
import h2.events
import h2.settings

from tests.attacks.raw import PATIENCE_SECONDS, Peer

UPGRADE = [
    (":method", "CONNECT"),
    (":protocol", "websocket"),
    (":scheme", "http"),
    (":path", "/ws/widget"),
    (":authority", "127.0.0.1"),
    ("sec-websocket-version", "13"),
]
Headers = list[tuple[str, str]]


class Http2Peer:
    """A client of HTTP/2 that checks nothing of what it says."""

    def __init__(self, peer: Peer, *, window: int = 2**16) -> None:
        self.peer = peer
        self.http = h2.connection.H2Connection(
            h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False)
        )
        self.http.local_settings = h2.settings.Settings(
            initial_values={h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window}
        )
        self.heard: list[h2.events.Event] = []
        self.http.initiate_connection()
        self.flush()

    def request(self, headers: Headers, *, end: bool = False) -> int:
        stream = self.http.get_next_available_stream_id()
        self.http.send_headers(stream, headers, end_stream=end)
        self.flush()
        return stream

    async def open(self) -> int:
        """Open a WebSocket."""
        stream = self.request(UPGRADE)
        await self.hear(h2.events.ResponseReceived)
        return stream

    def say(self, stream: int, data: bytes) -> None:
        self.http.send_data(stream, data)
        self.flush()

    def flush(self) -> None:
        self.peer.write(self.http.data_to_send())

    async def hear(self, kind: type[h2.events.Event]) -> h2.events.Event:
        """Return the next event of this kind.

        Raises:
            EOFError: The connection ends before.
        """
        while True:
            while self.heard:
                if isinstance(heard := self.heard.pop(0), kind):
                    return heard
            async with asyncio.timeout(PATIENCE_SECONDS):
                try:
                    data = await self.peer.reader.read(65_536)
                except ConnectionError:
                    data = b""
            if not data:
                raise EOFError
            self.heard += self.http.receive_data(data)
            self.flush()
