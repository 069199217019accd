"""The errors, as the protocol names them.

    FiresideError
    ├── BadFrame                 the frame is not JSON of the right form
    ├── UnknownType              a request type that this surface does not have
    ├── NotAuthenticated         something else came before `authenticate`
    ├── AuthFailed               the token or the password is not good
    │   └── TokenExpired         it was, once
    ├── NotFound                 it does not exist, or not for you
    ├── Forbidden                you may see it, but not do that
    ├── NotJoined                a signal for a room that was not joined
    ├── ConversationClosed       write to it again after it is reopened
    ├── TooManyConversations     go on in one of those that are open
    ├── Stale                    a colleague has answered meanwhile; look, then send again
    ├── Silenced                 a bot's answer that comes after an agent took over; never on the wire
    ├── Invalid                  a field has a value that cannot be
    │   └── TooLarge             a field or frame is beyond its limit
    ├── IdempotencyConflict      the same client_msg_id, but another content
    └── Retryable                nothing is wrong with the request; try again
        ├── RateLimited          later
        ├── Unavailable          a dependency is down; nothing was stored
        ├── Timeout              the outcome is unknown; repeat with the same client_msg_id
        └── Internal             our fault

Services raise these; `app/spine/sockets/connection.py` turns them into `error` frames, and `app/spine/http/errors.py`
into responses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class FiresideError(Exception):
    """An error with a code of the protocol and a sentence for the person who reads it."""

    code: ClassVar[str]
    status: ClassVar[int]
    """HTTP status that goes with the code."""
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after_ms: int | None = None, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_ms = retry_after_ms
        self.reason = reason
        """Why a website's identity was refused, for whoever builds that website."""


class BadFrame(FiresideError):
    code = "bad_frame"
    status = 400


class UnknownType(FiresideError):
    code = "unknown_type"
    status = 400


class NotAuthenticated(FiresideError):
    code = "not_authenticated"
    status = 401


class AuthFailed(FiresideError):
    code = "auth_failed"
    status = 401


class TokenExpired(AuthFailed):
    code = "token_expired"


class NotFound(FiresideError):
    code = "not_found"
    status = 404


class Forbidden(FiresideError):
    code = "forbidden"
    status = 403


class NotJoined(FiresideError):
    code = "not_joined"
    status = 409


class ConversationClosed(FiresideError):
    code = "conversation_closed"
    status = 409


class TooManyConversations(FiresideError):
    code = "too_many_conversations"
    status = 409


class Stale(FiresideError):
    code = "stale"
    status = 409

    def __init__(self, message: str, missed: Sequence[Any]) -> None:
        super().__init__(message)
        self.missed = missed
        """Messages of colleagues that the sender has not seen, as the protocol has them."""


class Silenced(FiresideError):
    code = "forbidden"
    status = 403


class Invalid(FiresideError):
    code = "invalid"
    status = 422


class TooLarge(Invalid):
    code = "too_large"
    status = 413


class IdempotencyConflict(FiresideError):
    code = "idempotency_conflict"
    status = 409


class Retryable(FiresideError):
    retryable = True


class RateLimited(Retryable):
    code = "rate_limited"
    status = 429


class Unavailable(Retryable):
    code = "unavailable"
    status = 503


class Timeout(Retryable):
    code = "timeout"
    status = 504


class Internal(Retryable):
    code = "internal"
    status = 500
