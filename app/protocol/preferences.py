"""The choices of an agent for themselves, told to their other tabs and browsers."""

from __future__ import annotations

from app.protocol.wire import Event


class PreferencesChanged(Event, tag="preferences_changed"):
    version: int
    """Of one's own preferences, as `GET /chat/me/preferences` gives them; the larger one wins."""


Events = PreferencesChanged
