"""Put our streams into Hypercorn, and fail clearly where a new Hypercorn has changed inside."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from hypercorn import protocol
from hypercorn.asyncio import tcp_server
from hypercorn.protocol import h2, h11, ws_stream

from app.spine.server.direct import DirectStream
from app.spine.server.hardened import HardenedBuffer, HardenedH2, HardenedStream
from app.spine.server.switching import StrictH11

EXPECTED: dict[str, tuple[Callable[..., Any], list[str]]] = {
    "WSStream.__init__": (
        ws_stream.WSStream.__init__,
        ["self", "app", "config", "context", "task_group", "ssl", "client", "server", "send", "stream_id"],
    ),
    "WSStream._accept": (ws_stream.WSStream._accept, ["self", "message"]),  # noqa: SLF001
    "WSStream.app_send": (ws_stream.WSStream.app_send, ["self", "message"]),
    "WSStream._handle_events": (ws_stream.WSStream._handle_events, ["self"]),  # noqa: SLF001
    "StreamBuffer.push": (h2.StreamBuffer.push, ["self", "data"]),
    "StreamBuffer.pop": (h2.StreamBuffer.pop, ["self", "max_length"]),
    "H2Protocol._send_data": (h2.H2Protocol._send_data, ["self", "stream_id"]),  # noqa: SLF001
    "H2Protocol._handle_events": (h2.H2Protocol._handle_events, ["self", "events"]),  # noqa: SLF001
    "H11Protocol.stream_send": (h11.H11Protocol.stream_send, ["self", "event"]),
    "H11Protocol._maybe_recycle": (h11.H11Protocol._maybe_recycle, ["self"]),  # noqa: SLF001
    "H11Protocol._check_protocol": (h11.H11Protocol._check_protocol, ["self", "event"]),  # noqa: SLF001
    "TCPServer.__init__": (
        tcp_server.TCPServer.__init__,
        ["self", "app", "loop", "config", "context", "state", "reader", "writer"],
    ),
    "TCPServer.protocol_send": (tcp_server.TCPServer.protocol_send, ["self", "event"]),
}


class UnknownHypercorn(RuntimeError):
    """Hypercorn's inside is not the one that `app/spine/server/` was written for."""


def install() -> None:
    """Make Hypercorn use our streams for all WebSockets of this process. Safe to repeat.

    Raises:
        UnknownHypercorn: Its inside has changed; the message says where.
    """
    for name, (function, parameters) in EXPECTED.items():
        if list(inspect.signature(function).parameters) != parameters:
            raise UnknownHypercorn(
                f"Hypercorn {version('hypercorn')} has another {name} than app/spine/server/ was written for. "
                "Install the version in deploy/requirements.txt, or adapt app/spine/server/."
            )
    if "_buffer" not in inspect.getsource(asyncio.StreamReader.__init__):
        raise UnknownHypercorn(
            "This Python's asyncio keeps what its streams have read elsewhere. Adapt app/spine/server/."
        )
    if not (hasattr(h11, "WSStream") and hasattr(h2, "WSStream")):
        raise UnknownHypercorn(f"Hypercorn {version('hypercorn')} makes its WebSocket streams elsewhere.")
    if not (hasattr(protocol, "H11Protocol") and hasattr(protocol, "H2Protocol")):
        raise UnknownHypercorn(f"Hypercorn {version('hypercorn')} makes its protocols elsewhere.")
    h11.WSStream = DirectStream
    h2.WSStream = HardenedStream
    h2.StreamBuffer = HardenedBuffer  # type: ignore[misc]
    protocol.H11Protocol = StrictH11
    protocol.H2Protocol = HardenedH2  # type: ignore[attr-defined]
