"""The changes of our two WebSocket streams to Hypercorn's, up to the handshake."""

from __future__ import annotations

from typing import Any, cast

from hypercorn.protocol.events import Body, Data, Event, Request, StreamClosed
from hypercorn.protocol.ws_stream import WSStream


class UpgradeStream(WSStream):
    """Negotiates no compression, and ends what it has refused."""

    def extend_scope(self, name: str, value: object) -> None:
        """Give the application something of ours under this name."""
        app = self.app

        async def with_extension(scope: Any, *rest: Any) -> None:
            scope["extensions"][name] = value
            await app(scope, *rest)

        self.app = cast(Any, with_extension)

    async def handle(self, event: Event) -> None:
        if isinstance(event, Request):
            await super().handle(event)
            if self.closed:
                await self._tell_handler()
                await self.send(StreamClosed(stream_id=self.stream_id))
        elif isinstance(event, Body | Data) and not self.closed and not self.handshake.accepted:
            # Frames before the handshake is answered (RFC 6455, section 4.1). Closed first, or its answer would follow;
            # and the handler is told before the peer, who may never take it.
            self.closed = True
            await self._tell_handler()
            await self._send_error_response(400)
            await self.send(StreamClosed(stream_id=self.stream_id))
        else:
            await super().handle(event)

    async def _tell_handler(self) -> None:
        """End the handler of what was refused; Hypercorn would leave it there for as long as the peer likes."""
        if self.app_put is not None:
            await self.app_put({"type": "websocket.disconnect", "code": 1006})

    async def _accept(self, message: Any) -> None:
        # Compression costs 100 KiB a connection, forbids sharing frames, and opens the decompression bomb.
        self.handshake.extensions = None
        await super()._accept(message)


def unbind(put: Any) -> None:
    """Let a queue of Hypercorn's take all that is still put into it: its handler is at its end, or has passed it.

    It holds ten, and a reader that waits for room waits for a handler that may itself wait for the reader.
    """
    put.__self__._maxsize = 0  # noqa: SLF001
