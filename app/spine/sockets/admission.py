"""Admission of sockets, and what serves them then: the same by whatever way they come in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from app.errors import FiresideError, Forbidden, Retryable, Unavailable
from app.protocol import Surface
from app.spine.sockets.connection import Features, serve
from app.spine.sockets.socket import Accept
from app.spine.sockets.spine import Spine
from app.values.client import Subject
from app.values.origin import read_origin

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
            await serve(await accept(), self._spine, surface, self._features)

    async def meet(self, path: str, origin: str | None, host: str, client: Subject, accept: Accept) -> None:
        """Serve a socket, or accept nothing where it has to be refused."""
        surface = SURFACES.get(path)
        if surface is not None:
            with suppress(FiresideError):
                await self.check(surface, origin, host)
                await self.serve(surface, client, accept)
