"""The first frame of a connection, and the identity that comes of it."""

from __future__ import annotations

import asyncio

from app import protocol
from app.errors import AuthFailed, BadFrame, FiresideError, Invalid, NotAuthenticated, Retryable, TokenExpired
from app.protocol import Authenticate, ErrorEvent, RequestId, Surface
from app.spine.frame import Frame
from app.spine.identity import Identity
from app.spine.sockets.close_codes import (
    AUTH_TIMEOUT,
    BAD_TOKEN,
    DEPENDENCY_DOWN,
    EXPIRED,
    PROTOCOL,
    VERSION,
    Closing,
)
from app.spine.sockets.reading import READERS, bytes_of, id_of
from app.spine.sockets.socket import Socket
from app.spine.sockets.spine import Spine


class WrongVersion(Invalid):
    """The client speaks another version of the protocol."""


async def authenticate(socket: Socket, spine: Spine, surface: Surface) -> tuple[Authenticate, Identity]:
    """Read the first frame and learn from it who this is.

    Raises:
        Closing: It was not a good `authenticate`; the error has been sent.
    """
    request_id: RequestId | None = None
    try:
        async with asyncio.timeout(spine.settings.auth_timeout_ms / 1000):
            raw = await socket.receive()
        if bytes_of(raw) > protocol.FIRST_FRAME_BYTES:
            raise BadFrame("The first frame is too large. Send `authenticate` alone.")
        request_id = id_of(raw)
        request = READERS[surface].read(raw)
        if not isinstance(request, Authenticate):
            raise NotAuthenticated("Authenticate first: the first frame is `authenticate` with a token.")
        if request.v != protocol.VERSION:
            raise WrongVersion(
                f"Version {request.v} is not spoken here; this server speaks {protocol.VERSION}."
            )
        auth = spine.auth
        return request, await (auth.agent if surface == "admin" else auth.customer)(request.token)
    except TimeoutError:
        error: FiresideError = NotAuthenticated(
            "No token came in time. Connect again and authenticate at once."
        )
        closing = Closing(AUTH_TIMEOUT, "no token in time")
    except FiresideError as raised:
        error, closing = raised, closing_of(raised)
    socket.send(Frame.of(ErrorEvent.of(error, request_id)))
    raise closing


def closing_of(error: FiresideError) -> Closing:
    """Return how a connection ends whose first frame was answered with this."""
    match error:
        case WrongVersion():
            return Closing(VERSION, "version")
        case TokenExpired():
            return Closing(EXPIRED, "token expired")
        case AuthFailed():
            return Closing(BAD_TOKEN, "bad token")
        case Retryable():
            return Closing(DEPENDENCY_DOWN, "a dependency is down")
        case _:
            return Closing(PROTOCOL, "protocol error")
