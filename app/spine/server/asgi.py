"""How Quart runs a WebSocket's handler here."""

from __future__ import annotations

import asyncio

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, WebsocketScope
from quart import Quart
from quart.asgi import ASGIWebsocketConnection

from app.spine.server.direct import EXTENSION, INBOX

UNUSED: asyncio.Queue[str | bytes] = asyncio.Queue(maxsize=1)


class WebsocketConnection(ASGIWebsocketConnection):
    """With a direct socket, the handler alone in its task; else Quart's own way, with a bounded queue.

    Quart's queue has no bound: one client that sent while its handler was busy took the server from 67 to 843 MB.
    A handler with a direct socket learns of the end from the socket and is not cancelled.
    """

    def __init__(self, app: Quart, scope: WebsocketScope) -> None:
        super().__init__(app, scope)
        self._is_direct = EXTENSION in (scope.get("extensions") or {})
        # A queue is 2 KiB, and a direct socket has its own.
        self.queue = UNUSED if self._is_direct else asyncio.Queue(maxsize=INBOX)

    async def __call__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if self._is_direct:
            await self.handle_websocket(self._create_websocket_from_scope(send), send)
        else:
            await super().__call__(receive, send)
