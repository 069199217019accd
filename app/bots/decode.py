"""JSON from servers of others."""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec

from app.bots.bot import BotFailed

T = TypeVar("T")


def decode(data: str | bytes, expected: type[T]) -> T:
    """Return `data` as the expected type.

    A stream may be cut inside a surrogate pair, one half escaped in this document and the other in the next. The
    strict decoder refuses that, so such documents take the lenient one; `Growing` joins the halves.

    Raises:
        BotFailed: It is not JSON, or of another form.
    """
    try:
        try:
            return msgspec.json.decode(data, type=expected)
        except msgspec.ValidationError:
            raise
        except ValueError:
            return msgspec.convert(json.loads(data), expected)
    except msgspec.ValidationError as error:
        raise BotFailed(f"the answer is not of the expected form: {error}") from error
    except (ValueError, RecursionError) as error:
        raise BotFailed("the answer is not JSON") from error
