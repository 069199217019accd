"""A dictionary of the latest: as many as fit, and the one that was set longest ago goes first."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def keep(latest: dict[Key, Value], key: Key, value: Value, *, most: int) -> None:
    """Set a value as the latest of `most`."""
    latest.pop(key, None)
    latest[key] = value
    if len(latest) > most:
        del latest[next(iter(latest))]
