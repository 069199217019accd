"""HTTP/2 and the WebSockets over it, on Hypercorn's own streams with their holes closed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import h2.errors
import h2.events
import h2.exceptions
from hypercorn.events import Updated
from hypercorn.protocol.events import Event, StreamClosed
from hypercorn.protocol.h2 import H2Protocol
from hypercorn.protocol.ws_stream import FrameTooLargeError, WSStream
from wsproto.events import CloseConnection, Message, Ping
from wsproto.frame_protocol import CloseReason

RESET = "fireside.reset"
"""Where an ASGI scope carries what ends a stream whose peer takes nothing any more."""


class Gone:
    """Takes what a peer goes on to say to a stream that has ended."""

    idle = True

    async def handle(self, event: Event) -> None:
        pass


class Streams(dict[int, Any]):
    """Hypercorn looks for a stream where there may be none, and then the whole connection would end."""

    def __missing__(self, stream_id: int) -> Gone:
        return Gone()


class HardenedH2(H2Protocol):
    """Ends a stream without harm to the others of its connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.streams = Streams()

    async def _create_stream(self, request: h2.events.RequestReceived) -> None:
        said = dict(request.headers or ())
        if b":path" not in said or (said[b":method"] == b"CONNECT") != (said.get(b":protocol") == b"websocket"):
            # Neither a request nor a WebSocket (RFC 8441), but a tunnel to elsewhere.
            raise h2.exceptions.ProtocolError("A CONNECT that is not for a WebSocket.")
        await super()._create_stream(request)

    async def _close_stream(self, stream_id: int) -> None:
        await super()._close_stream(stream_id)
        # Said by Hypercorn only when the server ends a stream: a peer that resets its own would never be idle again.
        if not self.closed:
            await self.send(Updated(idle=self.idle))

    async def reset(self, stream_id: int) -> None:
        """End a stream at once; what is to be sent on it is dropped."""
        with suppress(h2.exceptions.ProtocolError):
            self.connection.reset_stream(stream_id, h2.errors.ErrorCodes.CANCEL)
        if stream_id in self.stream_buffers:
            await self.stream_buffers[stream_id].close()
        await self._close_stream(stream_id)
        await self._flush()


class HardenedStream(WSStream):
    """Negotiates no compression, and drops a message that is too large instead of going on to buffer it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app, protocol = self.app, self.send.__self__  # type: ignore[attr-defined]

        async def reset() -> None:
            await protocol.reset(self.stream_id)

        async def with_reset(scope: Any, *rest: Any) -> None:
            scope["extensions"][RESET] = reset
            await app(scope, *rest)

        self.app = with_reset  # type: ignore[assignment]

    async def _accept(self, message: Any) -> None:
        self.handshake.extensions = None
        await super()._accept(message)

    async def _handle_events(self) -> None:
        # As in Hypercorn, but for the end of a message that is too large.
        for event in self.connection.events():
            if isinstance(event, Message):
                try:
                    self.buffer.extend(event)
                except FrameTooLargeError:
                    self.buffer.clear()
                    await self._send_wsproto_event(CloseConnection(code=CloseReason.MESSAGE_TOO_BIG))
                    await self.send(StreamClosed(stream_id=self.stream_id))
                    self.closed = True
                    return
                if event.message_finished:
                    await self.app_put(self.buffer.to_message())  # type: ignore[misc]
                    self.buffer.clear()
            elif isinstance(event, Ping):
                await self._send_wsproto_event(event.response())
            elif isinstance(event, CloseConnection):
                await self._send_wsproto_event(event.response())
                await self.send(StreamClosed(stream_id=self.stream_id))
