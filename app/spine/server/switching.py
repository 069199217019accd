"""HTTP/1.1, which becomes a WebSocket or stays what it is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

import h11
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.events import Response
from hypercorn.protocol.h11 import H2ProtocolAssumedError, H11Protocol

PREFACE = b"PRI * HTTP/2.0\r\n\r\n"
HEARD_OUT_BYTES = 16 * 1024 * 1024
"""Of a body that was answered before it had come; whoever sends more than that is cut off."""


class UnspokenVersion(Exception):
    """The request is of a version of HTTP that is not spoken on this connection."""


class StrictH11(H11Protocol):
    """Never switches to HTTP/2, which begins a connection or does not come at all.

    A proxy that passes `Upgrade: h2c` on has opened a tunnel: what is said inside it neither filters nor marks with the
    client's address. RFC 9113 has dropped that upgrade, and no browser ever asked for it.

    Whoever is answered before their body has come, as with a 413, is told that the connection ends, and heard out
    (RFC 9112, section 9.6): a connection that is closed with something unread is reset, and the reset overtakes the
    answer. Hypercorn says nothing, and a client or proxy would send its next request into the closing connection.
    """

    _is_ambiguous = False
    """The body has a length and chunks. A proxy may have taken its end for a request (RFC 9112, section 6.3)."""
    _hears_out = False
    _heard = 0

    async def handle(self, event: Event) -> None:
        if self._hears_out and isinstance(event, RawData):
            self._heard += len(event.data)
            if self._heard > HEARD_OUT_BYTES:
                await self.send(Closed())
            return
        try:
            await super().handle(event)
        except UnspokenVersion:
            await self._send_error_response(505)
            await self.send(Closed())

    async def stream_send(self, event: StreamEvent) -> None:
        if isinstance(event, Response) and (self._is_ambiguous or self._is_owed_a_body):
            # Of what comes behind a whole body nothing is heard: it may be a request that no proxy has seen.
            self._hears_out = self._is_owed_a_body
            event.headers.append((b"connection", b"close"))
        await super().stream_send(event)

    async def _maybe_recycle(self) -> None:
        if self._hears_out and not self.context.terminated.is_set():
            await self._close_stream()
            writer = cast(Any, self.send).__self__.writer
            if writer.can_write_eof():
                with suppress(OSError, RuntimeError):  # The peer has gone already.
                    writer.write_eof()
            # Until the peer has closed, or for as long as an idle connection is kept.
            await self.send(Updated(idle=True))
        else:
            await super()._maybe_recycle()

    @property
    def _is_owed_a_body(self) -> bool:
        return self.connection.their_state is h11.SEND_BODY

    async def _check_protocol(self, event: Any) -> None:
        if event.http_version in {b"1.0", b"1.1"}:
            self._is_ambiguous = {b"content-length", b"transfer-encoding"} <= {
                name for name, _ in event.headers
            }
            return
        is_preface = (event.method, event.target, event.http_version) == (b"PRI", b"*", b"2.0")
        if is_preface and self._may_begin_with_http_2:
            raise H2ProtocolAssumedError(PREFACE + self.connection.trailing_data[0])
        raise UnspokenVersion

    @property
    def _may_begin_with_http_2(self) -> bool:
        """Prior knowledge is for plain TCP, where nothing is negotiated, and for the first words of a connection."""
        return "h2" in self.config.alpn_protocols and not self.ssl and not self.keep_alive_requests
