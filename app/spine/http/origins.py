"""The CORS headers that tell a browser which sites may call us."""

from __future__ import annotations

from contextlib import suppress

from quart import Quart, Response, g, request

from app.errors import Retryable
from app.spine.origins import Origins
from app.values.origin import OPAQUE, Origin, read_origin

PREFIX = "/chat"
"""The part of REST that other sites may call. It takes no cookies, so a site cannot use its visitor's."""
PREFLIGHT_SECONDS = "600"


def foreign_origin(origins: Origins) -> Origin | None:
    """Return the origin of the page that asks; None if no page does, or one of ours."""
    header = request.headers.get("Origin")
    if header is None:
        return None
    origin = read_origin(header)
    return None if origins.is_own(origin, request.host) else origin


def refuse_foreign_origin(origins: Origins) -> None:
    """Raise `Forbidden` if another site's page has sent this request."""
    origin = foreign_origin(origins)
    if origin is not None:
        raise origins.refusal(origin, request.host)


def allow_origins(app: Quart, origins: Origins) -> None:
    """Answer preflights, and mark what /chat answers readable for the allowed origins."""

    @app.before_request
    async def look_up() -> None:
        # Before anything is done: a wait for Postgres afterwards would cost the answer to what was stored.
        if request.path == PREFIX or request.path.startswith(f"{PREFIX}/"):
            origin = foreign_origin(origins)
            # While Postgres is away nobody is known to be allowed, and there is nothing to read but that.
            with suppress(Retryable):
                if origin is not None and await origins.is_allowed(origin):
                    # If any site may, so may a page that belongs to none. There are no cookies to guard.
                    g.reader = "*" if origin == OPAQUE else origin

    @app.before_request
    async def preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        response = Response(b"", 204)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response

    @app.after_request
    async def mark(response: Response) -> Response:
        if request.path == PREFIX or request.path.startswith(f"{PREFIX}/"):
            response.headers["Vary"] = "Origin"
            reader = g.get("reader")
            if reader is not None:
                response.headers["Access-Control-Allow-Origin"] = reader
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return response
