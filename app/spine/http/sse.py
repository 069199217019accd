"""Server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from quart import Response


def sse_event(name: str, data: Any) -> bytes:
    """Return one event; JSON has no line breaks of its own, so its data is one line."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


def sse_response(events: AsyncIterator[bytes]) -> Response:
    """Answer with events as they come."""
    response = Response(events, content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold them back.
    response.timeout = None
    return response
