"""The CORS headers that tell a browser which sites may call us."""

from __future__ import annotations

from contextlib import suppress

from quart import Quart, Response, request

from app.errors import Forbidden, Unavailable
from app.services.origins import Origins

PREFIX = "/chat"
"""The part of REST that other sites may call. It takes no cookies, so a site cannot use its visitor's."""
PREFLIGHT_SECONDS = "600"


def foreign_origin(origins: Origins) -> str | None:
    """Return the request's Origin; None if it has none, or it is our own."""
    origin = request.headers.get("Origin")
    return None if origin is None or origins.is_own(origin, request.host) else origin


def refuse_foreign_origin(origins: Origins) -> None:
    """Raise `Forbidden` if another site's page has sent this request."""
    if foreign_origin(origins) is not None:
        raise Forbidden("This can only be done from Fireside's own pages.")


def allow_origins(app: Quart, origins: Origins) -> None:
    """Answer preflights, and mark what /chat answers readable for the allowed origins."""

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
        origin = foreign_origin(origins)
        # While Postgres is away nobody is known to be allowed, and there is nothing to read but that.
        with suppress(Unavailable):
            if origin is not None and await origins.is_allowed(origin):
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return response
