"""Turn a variable's text into a setting's value, and say clearly why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from app.values.client import Proxies
from app.values.origin import NotAnOrigin, Origin, parse_origin

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class SettingsError(Exception):
    """A setting has a value that cannot be; the message names it and says what to do."""


def text_or_file(name: str, given: Mapping[str, str]) -> str | None:
    """Return a secret's text, from its variable or from the file that `…_FILE` names."""
    path = given.get(f"{name}_FILE")
    if path is None:
        return given.get(name)
    if name in given:
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one of them")
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE: cannot read {path!r}: {error}") from error
    if not text:
        raise SettingsError(f"{name}_FILE: {path!r} is empty")
    return text


def parse(name: str, text: str, kind: Any) -> object:
    """Convert `text` to the type of a field of `Settings`.

    Raises:
        SettingsError: with the text and what is allowed. Secrets are text, for which all is.
    """
    if name in OF_ORIGINS:
        return OF_ORIGINS[name](text)
    info = msgspec.inspect.type_info(kind)
    if isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    value: object = text
    match info:
        case msgspec.inspect.CustomType(cls=cls) if cls is Proxies:
            return _parse_proxies(name, text)
        case msgspec.inspect.BoolType():
            value = text.lower() in TRUE if text.lower() in TRUE | FALSE else text
        case msgspec.inspect.VarTupleType():
            value = tuple(part.strip() for part in text.split(",") if part.strip())
        case msgspec.inspect.LiteralType():
            value = text.lower()
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType() | msgspec.inspect.StrType():
            pass
        case _:
            return Path(text).expanduser().absolute()
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {text!r} is not possible; give {_allowed(info)}") from error


def _parse_proxies(name: str, text: str) -> Proxies:
    try:
        return Proxies.parse(text)
    except ValueError as error:
        raise SettingsError(
            f"{name}: {error}; give addresses or networks such as 127.0.0.1, 10.0.0.0/8, separated by commas"
        ) from error


def _allowed(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case msgspec.inspect.FloatType(ge=least, gt=above, le=most):
            return (
                f"a number from {least} to {most}"
                if above is None
                else f"a number above {above}, at most {most}"
            )
        case msgspec.inspect.BoolType():
            return "1 or 0, true or false, on or off"
        case msgspec.inspect.LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case _:
            return "text"


def _cors_origins(text: str) -> tuple[Origin | Literal["*"], ...]:
    parts = [part.strip() for part in text.split(",")]
    try:
        return tuple("*" if part == "*" else parse_origin(part) for part in parts if part)
    except NotAnOrigin as error:
        raise SettingsError(
            f"WEBSOCKET_CORS_ORIGIN: {text!r} is not possible: {error}; give origins such as"
            " https://shop.example, separated by commas, or *"
        ) from error


def _public_url(text: str) -> Origin:
    try:
        return parse_origin(text)
    except NotAnOrigin as error:
        raise SettingsError(f"PUBLIC_URL: {text!r} must be https://host[:port]: {error}") from error


OF_ORIGINS: Mapping[str, Callable[[str], object]] = {
    "WEBSOCKET_CORS_ORIGIN": _cors_origins,
    "PUBLIC_URL": _public_url,
}
"""Settings that are read into origins."""
