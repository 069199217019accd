"""/ws/admin and /ws/widget, for the upgrades that do not come in by the short way (`app/spine/server/front.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from quart import Blueprint, Response, websocket

from app.errors import FiresideError, RateLimited
from app.protocol import Surface
from app.spine.http.clients import client_of
from app.spine.http.operations import error_response
from app.spine.server.direct import EXTENSION
from app.spine.server.hardened import STREAM
from app.spine.server.queued import QueuedSocket
from app.spine.sockets.admission import Admission
from app.spine.sockets.socket import Socket
from app.values.client import Proxies


def blueprint(admission: Admission, proxies: Proxies) -> Blueprint:
    ws = Blueprint("ws", __name__)

    @ws.websocket("/ws/admin")
    async def admin() -> Response | None:
        return await serve("admin")

    @ws.websocket("/ws/widget")
    async def widget() -> Response | None:
        return await serve("widget")

    async def serve(surface: Surface) -> Response | None:
        # Refused before the first receive or send, for these accept the upgrade by themselves.
        try:
            await admission.check(surface, websocket.headers.get("Origin"), websocket.host)
        except FiresideError as error:
            return error_response(error)
        queued: QueuedSocket | None = None

        async def accept() -> Socket:
            nonlocal queued
            await websocket.accept()
            scope: Mapping[str, Any] = websocket.scope
            extensions = scope.get("extensions") or {}
            direct: Socket | None = extensions.get(EXTENSION)
            if direct is not None:
                return direct
            # The proxy finds its object by the task that asks; the sender is another task.
            current = cast(Any, websocket)._get_current_object()  # noqa: SLF001
            queued = QueuedSocket(current, extensions.get(STREAM))
            return queued

        try:
            client = client_of(websocket, proxies)
            await admission.serve(surface, client, accept)
            if queued is not None:
                await queued.freed()
        except RateLimited as error:
            return error_response(error)
        finally:
            if queued is not None:
                queued.abandon()
        return None

    return ws
