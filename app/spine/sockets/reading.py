"""From a frame to a request, or to the error that says what is wrong with it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from app import protocol
from app.errors import BadFrame, Invalid, UnknownType
from app.protocol import RequestId, Surface

UNREADABLE = (msgspec.MsgspecError, RecursionError)
"""Errors of decoding: it is no JSON, not of the form that is wanted, or nested without end."""


class Envelope(Struct):
    """The part of a bad request by which the error finds it."""

    type: str | None = None
    id: RequestId | None = None
    is_json: bool = True
    """False where it has what JSON cannot carry, such as half a surrogate pair."""


NOT_JSON = (
    "A text has half a surrogate pair, or a number is none that JSON knows. Mend it before you send it again."
)
BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[][{}]')
"""Brackets and braces, and strings, so that those in a string are not taken for any."""
decode_envelope = msgspec.json.Decoder(Envelope).decode


class RequestReader:
    """Decodes the requests of one surface, in one step where all is well."""

    def __init__(self, surface: Surface) -> None:
        self._types = protocol.REQUEST_TYPES[surface]
        self._decode = protocol.decode_admin_request if surface == "admin" else protocol.decode_widget_request

    def read(self, raw: str | bytes) -> Any:
        """Return the request in a frame.

        Raises:
            BadFrame: It is not an object in a text frame, or has no type, or no id where it needs one.
            UnknownType: This surface has no such request.
            Invalid: A field is missing or has a wrong value.
        """
        if isinstance(raw, bytes):
            raise BadFrame("A binary frame. Send JSON in text frames.")
        try:
            return self._decode(raw)
        except UNREADABLE as error:
            envelope = read_envelope(raw)
            if envelope.type is None:
                raise BadFrame("The frame has no `type`, which must be a string.") from None
            if envelope.type not in self._types:
                raise UnknownType(f"There is no request {envelope.type[:64]!r} here.") from None
            if envelope.id is None and envelope.type not in protocol.SIGNALS:
                raise BadFrame(f"A {envelope.type!r} needs an `id`, by which it is answered.") from None
            if not envelope.is_json and envelope.id is None:
                raise BadFrame(NOT_JSON) from None
            raise Invalid(f"{error}." if envelope.is_json else NOT_JSON) from None


READERS = {"widget": RequestReader("widget"), "admin": RequestReader("admin")}


def read_envelope(raw: str) -> Envelope:
    """Return what can be told of a frame: a type or an id that is not what it must be is none.

    Raises:
        BadFrame: It is not an object.
    """
    with suppress(*UNREADABLE):
        return decode_envelope(raw)
    fields, is_json = read_fields(raw)
    if not isinstance(fields, dict):
        raise BadFrame("This is not a JSON object. Send one object per text frame.")
    envelope = Envelope(is_json=is_json)
    for name, kind in (("type", str), ("id", RequestId)):
        with suppress(msgspec.ValidationError, UnicodeEncodeError, OverflowError):
            value = msgspec.convert(fields.get(name), kind)
            protocol.encode(value)  # An id that cannot be said back is none.
            setattr(envelope, name, value)
    return envelope


def read_fields(raw: str) -> tuple[Any, bool]:
    """Return what a frame holds, if that can be read by any means, and whether it is JSON."""
    with suppress(*UNREADABLE):
        return msgspec.json.decode(raw), True
    # The standard library takes what JSON cannot carry, so that its request can be told of it.
    try:
        return json.loads(raw), False
    except RecursionError:
        with suppress(ValueError):
            return json.loads(shallow(raw)), True
    except ValueError:
        pass
    return None, False


def shallow(raw: str) -> str:
    """Return the object in a frame with null for all that is nested in it, which is too deep to read."""
    depth, end, kept = 0, 0, []
    for found in BRACKETS.finditer(raw):
        if found[0] in {"[", "{"}:
            depth += 1
            if depth == 2:
                kept += [raw[end : found.start()], "null"]
        elif found[0] in {"]", "}"}:
            if depth == 2:
                end = found.end()
            depth -= 1
    return "".join(kept) + raw[end:]


def id_of(raw: str | bytes) -> RequestId | None:
    """Return the id of a frame's request, if it can be told."""
    try:
        return read_envelope(raw).id if isinstance(raw, str) else None
    except BadFrame:
        return None


def bytes_of(raw: str | bytes) -> int:
    """Return the size of a frame as it was on the wire; a text is counted in characters by itself."""
    return len(raw) if isinstance(raw, bytes) or raw.isascii() else len(raw.encode())
