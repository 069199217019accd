"""Presence as somebody sees it: their own whole, a colleague's without what is the colleague's alone."""

from __future__ import annotations

from msgspec import UNSET, structs

from app.protocol import Presence


def as_seen(presence: Presence, by: int) -> Presence:
    """Return a stored presence as the agent `by` sees it. Whoever is invisible looks as if they had left."""
    if presence.user_id == by or presence.chosen is UNSET:
        return presence
    if presence.chosen == "invisible":
        return structs.replace(presence, chosen=UNSET, text=UNSET, emoji=UNSET, until=UNSET)
    return structs.replace(presence, chosen=UNSET)
