"""The client behind a request, and how it came: by its peer, or by what our proxies say."""

from __future__ import annotations

from quart import request
from quart.wrappers.base import BaseRequestWebsocket

from app.values.client import Proxies, Scheme, Subject, subject


def client_of(sent: BaseRequestWebsocket, proxies: Proxies) -> Subject:
    """Return whom a limit by address counts for a request or a WebSocket."""
    return subject(proxies.address(sent.remote_addr, sent.headers.getlist))


def scheme(proxies: Proxies) -> Scheme:
    """Return what the browser speaks."""
    return proxies.scheme(request.remote_addr, request.scheme, request.headers.getlist)
