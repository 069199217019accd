"""The choices of an agent about notifications: preferences, which the app writes, so ours to read and not to trust."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Quiet(Struct, frozen=True):
    """Hours of the day, by the clock on an agent's wall; the end may be on the next day."""

    start: str
    end: str
    zone: ZoneInfo

    def covers(self, now: datetime) -> bool:
        clock = now.astimezone(self.zone).strftime("%H:%M")
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


class Choices(Struct, frozen=True, kw_only=True):
    kinds_off: frozenset[str] = frozenset()
    inboxes_off: frozenset[int] = frozenset()
    quiet: Quiet | None = None


def read_choices(values: dict[str, Any]) -> Choices:
    """Read them from the preferences; whatever makes no sense is as good as not chosen."""
    return Choices(
        kinds_off=frozenset(kind for kind in _list(values, "notify.off") if isinstance(kind, str)),
        inboxes_off=frozenset(each for each in _list(values, "notify.inboxes-off") if isinstance(each, int)),
        quiet=_quiet(values.get("notify.quiet")),
    )


def _list(values: dict[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _quiet(value: Any) -> Quiet | None:
    if not isinstance(value, dict):
        return None
    start, end, zone = (str(value.get(name)) for name in ("from", "to", "zone"))
    if not (TIME.fullmatch(start) and TIME.fullmatch(end)):
        return None
    try:
        return Quiet(start, end, ZoneInfo(zone))
    except (ValueError, OSError, LookupError):  # No zone of that name, or no name of a zone.
        return None
