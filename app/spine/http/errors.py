"""Every error over HTTP is `{"code", "message"}`: ours, the framework's, and the unexpected."""

from __future__ import annotations

import structlog
from quart import Quart, Response
from werkzeug.exceptions import HTTPException

from app.errors import FiresideError, Internal
from app.spine.http.operations import ErrorBody, error_response, make_response

log = structlog.get_logger()

CODES = {
    400: ("invalid", "The request cannot be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method; see the Allow header."),
    408: ("timeout", "The request took too long to arrive."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "Send the body as JSON, with Content-Type: application/json."),
    431: ("too_large", "The request's headers are too large."),
}


def register(app: Quart) -> None:
    app.register_error_handler(FiresideError, _ours)
    app.register_error_handler(HTTPException, _frameworks)
    app.register_error_handler(Exception, _unexpected)


async def _ours(error: FiresideError) -> Response:
    return error_response(error)


async def _frameworks(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    code, message = CODES.get(
        status, ("invalid", error.name + ".") if status < 500 else ("internal", "Our fault.")
    )
    response = make_response((ErrorBody(code, message), status))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


async def _unexpected(error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    return error_response(Internal("Something went wrong on our side. It was logged; try again later."))
