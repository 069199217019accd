"""/ws/admin and /ws/widget: from an upgrade request to a connection."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from quart import Blueprint, Response, Websocket, websocket

from app.blueprints.operations import answer_error
from app.blueprints.origins import is_own
from app.connection import Connection
from app.dispatch import Dispatcher
from app.errors import FiresideError, Forbidden, RateLimited, Retryable, Unavailable
from app.identity import Surface
from app.server.direct import EXTENSION
from app.server.hardened import STREAM
from app.server.queued import QueuedSocket
from app.services import Services
from app.socket import Socket
from app.store.inboxes import select_origin_allowed


def blueprint(services: Services) -> Blueprint:
    ws = Blueprint("ws", __name__)
    dispatcher = Dispatcher(services)

    @ws.websocket("/ws/admin")
    async def admin() -> Response | None:
        return await serve("admin")

    @ws.websocket("/ws/widget")
    async def widget() -> Response | None:
        return await serve("widget")

    async def serve(surface: Surface) -> Response | None:
        # Refused before the first receive or send, for these accept the upgrade by themselves.
        try:
            await check_origin(websocket, surface)
            if services.connections.draining:
                raise Unavailable("This server is restarting. Connect again.", retry_after_ms=500)
        except FiresideError as error:
            return answer_error(error)
        try:
            with services.connections.admitted(websocket.remote_addr or ""):
                await accept(surface)
        except RateLimited as error:
            return answer_error(error)
        return None

    async def accept(surface: Surface) -> None:
        await websocket.accept()
        dispatch = dispatcher.for_surface(surface)
        scope: Mapping[str, Any] = websocket.scope
        extensions = scope.get("extensions") or {}
        direct: Socket | None = extensions.get(EXTENSION)
        if direct is not None:
            await Connection(direct, services, surface, dispatch).run()
            return
        # The proxy finds its object by the task that asks; the sender is another task.
        current = cast(Any, websocket)._get_current_object()  # noqa: SLF001
        queued = QueuedSocket(current, extensions.get(STREAM))
        try:
            await Connection(queued, services, surface, dispatch).run()
            await queued.freed()
        finally:
            queued.abandon()

    async def check_origin(request: Websocket, surface: Surface) -> None:
        """Let in our own pages, the origins that are set, and for the widget those of the inboxes.

        What sends no Origin is no browser, so no page can act for somebody else through it; the token decides.

        Raises:
            Forbidden: A page of another site.
        """
        origin = request.headers.get("Origin")
        if origin is None or is_own(origin, request.host, services.settings.public_url):
            return
        listed = services.settings.websocket_cors_origin
        if "*" in listed or origin in listed:
            return
        if surface == "widget":
            # While Postgres is away nobody is known to be allowed.
            with suppress(Retryable):
                if await select_origin_allowed(services.db, origin):
                    return
        raise Forbidden("Pages of this origin may not connect. Allow it with WEBSOCKET_CORS_ORIGIN.")

    return ws
