"""HTTP/1.1, which becomes a WebSocket or stays what it is."""

from __future__ import annotations

from typing import Any

from hypercorn.events import Closed, Event
from hypercorn.protocol.h11 import H2ProtocolAssumedError, H11Protocol

PREFACE = b"PRI * HTTP/2.0\r\n\r\n"


class UnspokenVersion(Exception):
    """The request is of a version of HTTP that is not spoken on this connection."""


class StrictH11(H11Protocol):
    """Never switches to HTTP/2, which begins a connection or does not come at all.

    A proxy that passes `Upgrade: h2c` on has opened a tunnel: what is said inside it neither filters nor marks with the
    client's address. RFC 9113 has dropped that upgrade, and no browser ever asked for it.
    """

    async def handle(self, event: Event) -> None:
        try:
            await super().handle(event)
        except UnspokenVersion:
            await self._send_error_response(505)
            await self.send(Closed())

    async def _check_protocol(self, event: Any) -> None:
        if event.http_version in {b"1.0", b"1.1"}:
            return
        is_preface = (event.method, event.target, event.http_version) == (b"PRI", b"*", b"2.0")
        if is_preface and self._may_begin_with_http_2:
            raise H2ProtocolAssumedError(PREFACE + self.connection.trailing_data[0])
        raise UnspokenVersion

    @property
    def _may_begin_with_http_2(self) -> bool:
        """Prior knowledge is for plain TCP, where nothing is negotiated, and for the first words of a connection."""
        return "h2" in self.config.alpn_protocols and not self.ssl and not self.keep_alive_requests
