"""One TCP connection, on Hypercorn's own with its holes closed."""

from __future__ import annotations

from typing import Any, cast

import structlog
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Event, Updated
from hypercorn.typing import AppWrapper

from app.spine.server.upgrade import unbind

log = structlog.get_logger()


class TCPConnection(TCPServer):
    """Freed as soon as its peer has gone, and ended alone by what breaks it."""

    _over = False

    def __init__(self, app: AppWrapper, *args: Any) -> None:
        super().__init__(unblocked(app), *args)

    async def run(self) -> None:
        """Serve until either side ends it. A fault of the peer is none of ours, and raises nothing."""
        try:
            await super().run()
        except* OSError:
            pass
        except* Exception as errors:  # noqa: BLE001 - whatever it is, it ends one connection only.
            # Its kind only: what an error of parsing quotes was said by the peer, and may be a token.
            log.warning("connection_broken", error=[type(error).__name__ for error in errors.exceptions])

    async def protocol_send(self, event: Event) -> None:
        # A stream that ends late must not make a connection idle again of which nothing is left.
        if not (self._over and isinstance(event, Updated)):
            await super().protocol_send(event)

    async def _read_data(self) -> None:
        await super()._read_data()
        self._over = True
        # Hypercorn waits for the end of the idle time, keep_alive_timeout, with the descriptor in its hand.
        await self.idle_task.stop()


def unblocked(app: AppWrapper) -> AppWrapper:
    """Return the application so that nobody waits for it once it has ended.

    Hypercorn puts what a peer says into a queue of ten, and reads no more while it is full. It would also stay full
    after the last reader has gone, and the connection would never end.
    """

    async def run(scope: Any, receive: Any, *rest: Any) -> None:
        try:
            await app(scope, receive, *rest)
        finally:
            unbind(receive)
            queue = receive.__self__
            while not queue.empty():
                queue.get_nowait()

    return cast(AppWrapper, run)
