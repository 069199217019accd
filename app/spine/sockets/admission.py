"""Admission of sockets, and what serves them then: the same by whatever way they come in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import structlog

from app.errors import FiresideError, Forbidden, Internal, RateLimited, Retryable, Unavailable
from app.protocol import ErrorEvent, Surface
from app.spine.frame import Frame
from app.spine.sockets.authenticate import authenticate
from app.spine.sockets.close_codes import INTERNAL, Closing
from app.spine.sockets.connection import Connection, Features
from app.spine.sockets.socket import Accept, Socket, SocketClosed
from app.spine.sockets.spine import Spine
from app.values.client import Subject
from app.values.origin import read_origin

log = structlog.get_logger()

SURFACES: Mapping[str, Surface] = {"/ws/admin": "admin", "/ws/widget": "widget"}


class Admission:
    """Checks what is known before a first frame, and serves whoever comes in."""

    def __init__(self, spine: Spine, features: Features) -> None:
        self._spine = spine
        self._features = features

    async def check(self, surface: Surface, origin_header: str | None, host: str) -> None:
        """Let in our own pages, the origins that are set, and for the widget those of the inboxes.

        What sends no Origin is no browser, so no page can act for somebody else through it; the token decides.

        Raises:
            Forbidden: A page of another site.
            Unavailable: The process is about to stop.
        """
        if self._spine.connections.draining:
            raise Unavailable("This server is restarting. Connect again.", retry_after_ms=500)
        if origin_header is None:
            return
        origin, origins = read_origin(origin_header), self._spine.origins
        if origins.is_own(origin, host) or origins.is_listed(origin):
            return
        if surface == "widget":
            # While Postgres is away nobody is known to be allowed.
            with suppress(Retryable):
                if await origins.is_allowed(origin):
                    return
        raise Forbidden("Pages of this origin may not connect. Allow it with WEBSOCKET_CORS_ORIGIN.")

    async def serve(self, surface: Surface, client: Subject, accept: Accept) -> None:
        """Accept a socket from this client, and serve it until either side ends it.

        Raises:
            RateLimited: The address has too many; nothing was accepted.
        """
        with self._spine.connections.admitted(client):
            await self._serve(await accept(), surface)

    async def _serve(self, socket: Socket, surface: Surface) -> None:
        """Learn who this is, then serve them until either side ends it. Raises nothing."""
        try:
            with self._spine.connections.holding(socket):
                request, identity = await authenticate(socket, self._spine, surface)
                await Connection(socket, self._spine, surface, identity, self._features).run(request)
        except Closing as closing:
            await socket.close(closing.code, closing.reason)
        except SocketClosed:
            pass
        except Exception:
            # Quart would tell the browser of a clean end; it is not one.
            log.exception("connection_failed", surface=surface)
            error = Internal("Something broke here. Connect again.")
            socket.send(Frame.of(ErrorEvent.of(error, None)))
            await socket.close(INTERNAL, "internal error")

    async def meet(
        self, path: str, origin: str | None, host: str, client: Subject, accept: Accept
    ) -> RateLimited | None:
        """Serve a socket, or accept nothing where it has to be refused; return why, if the address has too many."""
        surface = SURFACES.get(path)
        if surface is not None:
            try:
                await self.check(surface, origin, host)
                await self.serve(surface, client, accept)
            except RateLimited as error:
                return error
            except FiresideError:
                pass
        return None
