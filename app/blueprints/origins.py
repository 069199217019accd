"""Which sites a browser may call us from, and the CORS headers that tell it so."""

from __future__ import annotations

from contextlib import suppress

from quart import Quart, Response, request

from app.admission import is_own
from app.db import Database
from app.errors import Forbidden, Unavailable
from app.settings import Settings
from app.store.inboxes import select_allowed_origins

PREFIX = "/chat"
"""The part of REST that other sites may call. It takes no cookies, so a site cannot use its visitor's."""
PREFLIGHT_SECONDS = "600"


def foreign_origin(settings: Settings) -> str | None:
    """Return the request's Origin; None if it has none, or it is our own."""
    origin = request.headers.get("Origin")
    return None if origin is None or is_own(origin, request.host, settings.public_url) else origin


def refuse_foreign_origin(settings: Settings) -> None:
    """Raise `Forbidden` if another site's page has sent this request."""
    if foreign_origin(settings) is not None:
        raise Forbidden("This can only be done from Fireside's own pages.")


def allow_origins(app: Quart, db: Database, settings: Settings) -> None:
    """Answer preflights, and mark what /chat answers readable for the allowed origins."""

    async def is_allowed(origin: str) -> bool:
        listed = settings.websocket_cors_origin
        return "*" in listed or origin in listed or origin in await select_allowed_origins(db, [origin])

    @app.before_request
    async def preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        response = Response(b"", 204)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response

    @app.after_request
    async def mark(response: Response) -> Response:
        if request.path != PREFIX and not request.path.startswith(f"{PREFIX}/"):
            return response
        response.headers["Vary"] = "Origin"
        origin = foreign_origin(settings)
        # While Postgres is away nobody is known to be allowed, and there is nothing to read but that.
        with suppress(Unavailable):
            if origin is not None and await is_allowed(origin):
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return response
