"""A website's word on its customer beside name and address: a few named values, shown and trusted for nothing."""

from __future__ import annotations

import re
from typing import Any

from msgspec import json

from app.errors import Invalid, TooLarge
from app.values.text import line

AttributeValue = str | int | float | bool
Attributes = dict[str, AttributeValue]
MOST_ATTRIBUTES = 30
KEY_CHARS = 40
KEY = re.compile(r"\w[\w -]*")
"""Letters and digits of any script, underscores, hyphens and spaces: a key is shown as it is, and named in errors."""
VALUE_CHARS = 200
ATTRIBUTES_BYTES = 2_000
"""Bytes of all of them together, as JSON in UTF-8."""
LARGEST = 2**53 - 1
"""The largest number that a browser shows as it was sent."""


def read_attributes(raw: Any) -> Attributes:
    """Return what a website said, in its order. Null or an empty text is none, as of a name.

    Raises:
        Invalid, TooLarge: With which of them cannot be kept, and why.
    """
    if not isinstance(raw, dict):
        raise Invalid("The attributes must be an object.")
    said = {key: value for key, value in raw.items() if value is not None and value != ""}
    if len(said) > MOST_ATTRIBUTES:
        raise TooLarge(f"The attributes are {len(said)}; at most {MOST_ATTRIBUTES} fit.")
    attributes: Attributes = {_key(key): _value(key, value) for key, value in said.items()}
    size = len(json.encode(attributes))
    if size > ATTRIBUTES_BYTES:
        raise TooLarge(f"The attributes have {size} bytes; at most {ATTRIBUTES_BYTES} fit.")
    return attributes


def _key(key: str) -> str:
    if not KEY.fullmatch(line(key, "key of an attribute", KEY_CHARS)):
        raise Invalid("The key of an attribute must be of letters, digits, underscores, hyphens and spaces.")
    return key


def _value(key: str, value: Any) -> AttributeValue:
    match value:
        case bool():
            return value
        case str():
            return line(value, f"attribute {key}", VALUE_CHARS)
        case int() | float() if abs(value) <= LARGEST:
            return value
        case int() | float():
            # NaN too, which is on no side of any number.
            raise Invalid(f"The attribute {key} is beyond the numbers that a browser can show.")
        case _:
            raise Invalid(f"The attribute {key} must be a text, a number, true or false.")
