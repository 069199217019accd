"""All that is spoken over plain HTTP, put onto an app."""

from __future__ import annotations

from quart import Quart, Response, request

from app.connect.chat import rest as chat
from app.desk.conversations import rest as conversations
from app.desk.team import rest as team
from app.operate import health, metrics, pages
from app.people.accounts import rest as auth
from app.people.customers import rest as sessions
from app.services import Services
from app.spine.http import errors, hosts, openapi, origins
from app.spine.http.operations import MAX_BODY_BYTES
from app.talk.messages import rest as messages

BODY_SECONDS = 10
"""How long a body may take to arrive."""
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


def register(app: Quart, services: Services) -> None:
    """Add the REST operations, the pages, and what all of them share."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["BODY_TIMEOUT"] = BODY_SECONDS
    app.url_map.strict_slashes = False
    openapi.register(app)
    errors.register(app)
    hosts.register(app)
    origins.allow_origins(app, services.origins)
    headers = dict(HEADERS)
    if services.settings.tls_certfile is not None:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    for part in (auth, chat, conversations, health, messages, metrics, pages, sessions, team):
        app.register_blueprint(part.blueprint(services))

    @app.after_request
    async def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if services.connections.leaving and request.http_version.startswith("1."):
            # A proxy keeps connections for its next requests: one that is sent as we close them is lost.
            response.headers["Connection"] = "close"
        # A request is part of a cycle, which is collected late: what it has brought should not wait for that.
        request.body.clear()
        return response
