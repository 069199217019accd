"""The host that a request is for: anything else is refused before it is compared or put into a header."""

from __future__ import annotations

from quart import Quart, request, websocket

from app.errors import Invalid
from app.values.origin import is_host


class BadHost(Invalid):
    """The request names no host that there can be."""

    status = 400


def register(app: Quart) -> None:
    @app.before_request
    async def check_request() -> None:
        check(request.headers.get("Host", ""))

    @app.before_websocket
    async def check_websocket() -> None:
        check(websocket.headers.get("Host", ""))


def check(header: str) -> None:
    # HTTP/1.0 knows no hosts, and a load balancer that looks after us may have none to name.
    if header and not is_host(header):
        raise BadHost("The Host header names no host.")
