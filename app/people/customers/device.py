"""The device of a customer, coarsely: what its browser says of itself with every request, read once.

Families and no versions, for an agent asks which menu to name, and finer strings single a person out.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

DeviceKind = Literal["computer", "phone", "tablet"]
HEADER_CHARS = 500
"""Characters of a header that are looked at; no browser sends longer ones."""
SYSTEMS = (
    ("Windows", "Windows NT"),
    ("iPadOS", "iPad"),
    ("iOS", "iPhone|iPod"),
    ("Android", "Android"),
    ("ChromeOS", "CrOS"),
    ("macOS", "Macintosh|Mac OS X"),
    ("Linux", "Linux|X11"),
)
BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Firefox", "Firefox/|FxiOS/"),
    ("Chrome", "Chrome/|CriOS/|Chromium/"),
    ("Safari", "Version/.*Safari/"),
)
"""The first that fits: most name those whose pages they want as well."""
ZONE = r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$(?!\n)"
"""Pattern of a name in the IANA database. Which ones there are the browser knows that reads it: their lists differ."""
_first_language = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\s*(?:[,;]|$)").match


class Device(Struct, frozen=True, omit_defaults=True):
    kind: DeviceKind | None = None
    system: str | None = None
    browser: str | None = None
    language: str | None = None
    """The first language that the browser asks for, as a BCP 47 tag."""
    zone: str | None = None
    """The time zone by its IANA name."""


def read_device(user_agent: str | None, accept_language: str | None) -> Device:
    """Return what the headers of a request tell of the device."""
    agent = (user_agent or "")[:HEADER_CHARS]
    system = named(agent, SYSTEMS)
    language = _first_language((accept_language or "")[:HEADER_CHARS])
    return Device(
        kind=kind_of(agent, system),
        system=system,
        browser=named(agent, BROWSERS),
        language=language[1] if language else None,
    )


def named(agent: str, families: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for name, pattern in families if re.search(pattern, agent)), None)


def kind_of(agent: str, system: str | None) -> DeviceKind | None:
    match system:
        case None:
            return None
        case "iPadOS":
            return "tablet"
        case "iOS":
            return "phone"
        case "Android":
            return "phone" if "Mobile" in agent else "tablet"
        case _:
            return "computer"
