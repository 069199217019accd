"""Why the server closes a socket. The code tells the client whether to come back, and when; see docs/protocol.md."""

from __future__ import annotations

INTERNAL, RESTART = 1011, 1012
HEARTBEAT, SLOW, INSUFFICIENT = 4000, 4001, 4002
RATE_LIMITED, DEPENDENCY_DOWN = 4101, 4102
AUTH_TIMEOUT, EXPIRED, REVOKED = 4200, 4201, 4202
PROTOCOL, BAD_TOKEN, VERSION, TOO_MANY = 4400, 4401, 4406, 4409


class Closing(Exception):
    """Ends a connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
