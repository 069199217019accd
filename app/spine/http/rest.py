"""The rules of everything that is spoken over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterable

from quart import Blueprint, Quart, Response, request

from app.spine.http import errors, hosts, openapi, origins, paths
from app.spine.http.operations import MAX_BODY_BYTES
from app.spine.sockets.spine import Spine

BODY_SECONDS = 10
"""Seconds a body may take to arrive; after that 408."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Headers of every answer that sets none itself: it is data, for whoever asked, and for now."""
STRICT_TRANSPORT = "max-age=31536000"
"""For a year browsers come by TLS alone. Only where it is our own: before a proxy it is the proxy's to promise."""


def register(app: Quart, spine: Spine, parts: Iterable[Blueprint]) -> None:
    """Add the operations and pages, and what all of them share."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["BODY_TIMEOUT"] = BODY_SECONDS
    app.url_map.strict_slashes = False
    paths.register(app)
    openapi.register(app)
    errors.register(app)
    hosts.register(app)
    origins.allow_origins(app, spine.origins)
    headers = dict(HEADERS)
    if spine.settings.tls_certfile is not None:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    for part in parts:
        app.register_blueprint(part)

    @app.after_request
    async def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if spine.connections.leaving and request.http_version.startswith("1."):
            # A proxy keeps connections for its next requests: one that is sent as we close them is lost.
            response.headers["Connection"] = "close"
        # A request is part of a cycle, which is collected late: what it has brought should not wait for that.
        request.body.clear()
        return response
