"""One decorator for all REST operations: reads the request, writes the answer, and documents both truly.

quart-schema's own validation is lax ("1" is taken for 1) and answers in HTML; we take its documentation and
let msgspec decode the body in one strict step.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType
from quart import Response, request
from quart_schema import (
    document_headers,
    document_querystring,
    document_request,
    document_response,
    security_scheme,
)

from app.errors import (
    AuthFailed,
    FiresideError,
    Internal,
    Invalid,
    NotAuthenticated,
    Stale,
    TokenExpired,
    TooLarge,
    Unavailable,
)
from app.protocol import MessageReceived
from app.protocol.messages import fitting

T = TypeVar("T")
Handler = Callable[..., Awaitable[Any]]

MAX_BODY_BYTES = 256 * 1024
"""Enough for the longest message with every character escaped, which takes twelve bytes each."""
DOCUMENTED = "_documented"
"""Attribute of a handler with what quart-schema has no place for: a `Documented`."""
encode = msgspec.json.Encoder().encode


class BadRequest(Invalid):
    """The body is not JSON at all."""

    status = 400


class UnsupportedMediaType(Invalid):
    code = "unsupported_media_type"
    status = 415


class Documented(Struct, frozen=True):
    sent: list[Any]
    """The types of what clients send: the body and the query."""
    answered: list[Any]
    """The types of what they get, errors included."""
    streams: bool
    """It may also answer in server-sent events."""
    codes: dict[int, list[str]]
    """The codes of errors that it can give, by their status."""


class ErrorBody(Struct, frozen=True):
    """An error: a code for programs and a sentence for people."""

    code: str
    message: str
    retry_after_ms: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    """Why a website's identity was refused, by name: `expired`, `signature`, `sub is missing` …"""
    missed: list[MessageReceived] | UnsetType = UNSET
    """With `stale`: messages of colleagues that the sender has not seen."""


def operation(
    *,
    body: Any = None,
    query: type[Struct] | None = None,
    headers: type[Struct] | None = None,
    gives: Mapping[int, type[Struct] | None],
    errors: Sequence[type[FiresideError]] = (),
    by: Sequence[str] = (),
    streams: bool = False,
) -> Callable[[Handler], Callable[..., Awaitable[Response]]]:
    """Make a handler of a function that takes structs and returns a struct, or a struct and a status.

    `by` names the kinds of token of which one is needed; no name means none is. `gives` maps statuses to what
    is answered with them, None being an empty answer. The function gets `body` and `query` by name; `headers`
    are only documented.
    """

    def decorate(function: Handler) -> Callable[..., Awaitable[Response]]:
        @wraps(function)
        async def handle(**arguments: Any) -> Response:
            if query is not None:
                arguments["query"] = read_query(query)
            if body is not None:
                arguments["body"] = await read_body(body)
            result = await function(**arguments)
            return result if isinstance(result, Response) else make_response(result)

        possible: list[type[FiresideError]] = [*errors, Internal, Unavailable]
        if body is not None:
            document_request(body)(handle)
            possible += [BadRequest, TooLarge, UnsupportedMediaType, Invalid]
        if query is not None:
            document_querystring(query)(handle)
            possible += [Invalid]
        if headers is not None:
            document_headers(headers)(handle)
        if by:
            possible += [NotAuthenticated, AuthFailed, TokenExpired]
        security_scheme([{kind: []} for kind in by])(handle)
        codes: dict[int, list[str]] = {}
        for error in possible:
            if error.status not in gives:
                document_response(ErrorBody, error.status)(handle)
                codes[error.status] = sorted({*codes.get(error.status, []), error.code})
        for status, struct in gives.items():
            document_response(struct, status)(handle)
        sent = [kind for kind in (body, query) if kind is not None]
        answered = [kind for kind in (*gives.values(), ErrorBody) if kind is not None]
        setattr(handle, DOCUMENTED, Documented(sent, answered, streams, codes))
        return handle

    return decorate


def make_response(result: Any) -> Response:
    """Encode what an operation returned; None is an empty answer."""
    value, status = result if isinstance(result, tuple) else (result, 200 if result is not None else 204)
    if value is None:
        return Response(b"", status)
    return Response(encode(value), status, content_type="application/json")


def error_response(error: FiresideError) -> Response:
    body = ErrorBody(
        error.code,
        error.message,
        UNSET if error.retry_after_ms is None else error.retry_after_ms,
        UNSET if error.reason is None else error.reason,
        fitting(error.missed) if isinstance(error, Stale) else UNSET,
    )
    response = make_response((body, error.status))
    if error.retry_after_ms is not None:
        response.headers["Retry-After"] = str(-(-error.retry_after_ms // 1000))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, section 15.5.2
    return response


async def read_body(kind: type[T]) -> T:
    """Decode the request's JSON.

    Raises:
        UnsupportedMediaType, BadRequest, Invalid: with what was expected and where.
    """
    if not request.is_json:
        raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
    data = await request.get_data()
    try:
        return decode(data, kind)
    except TooLarge as error:
        # 413 is for the body as a whole (RFC 9110, section 15.5.14).
        raise Invalid(error.message) from error
    except msgspec.ValidationError as error:
        raise Invalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequest("The body is not valid JSON, or has half a surrogate pair.") from error


def decode(data: str | bytes, kind: type[T]) -> T:
    """Decode strictly, but take 7.0 for 7: to JSON both are the same number, and some languages write it so.

    Only a body that does not pass is decoded once more.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError:
        return msgspec.convert(without_fraction(msgspec.json.decode(data)), kind, str_keys=True)


def without_fraction(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_fraction(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_fraction(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_query(kind: type[T]) -> T:
    """Convert the query string; numbers are written as text there.

    Raises:
        Invalid: with what was expected and where.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Invalid(f"?{name} is given {len(values)} times; give it once.")
    try:
        return msgspec.convert(request.args.to_dict(), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"{error}.".replace("$.", "?")) from error
