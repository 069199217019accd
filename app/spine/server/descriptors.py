"""The connections that a process can hold: each is a file descriptor, and some are for ourselves."""

from __future__ import annotations

import resource

import msgspec

from app.settings import Settings

RESERVE = 128
"""Descriptors kept back for Postgres, Redis, bots and files; of a small limit a quarter at most."""
MOST = 1_048_576
"""Asked for where the limit says infinity; the kernel gives a process no more (fs.nr_open)."""


def room() -> int:
    """Raise the soft limit to what is allowed, and return how many connections fit under it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    limit = MOST if soft == resource.RLIM_INFINITY else soft
    return limit - min(RESERVE, limit // 4)


def within(settings: Settings, room: int) -> Settings:
    """Return the settings with limits that leave room for others: half of it for an address, a quarter for a user."""
    limits = msgspec.structs.replace(
        settings.limits,
        address_connections=least(settings.limits.address_connections, room // 2),
        user_connections=least(settings.limits.user_connections, room // 4),
    )
    return msgspec.structs.replace(settings, limits=limits)


def least(limit: int, most: int) -> int:
    return min(limit, most) if limit else 0
