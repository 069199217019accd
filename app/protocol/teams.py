"""Teams: agents who share inboxes."""

from __future__ import annotations

from app.protocol.wire import Event


class TeamsChanged(Event, tag="teams_changed"):
    """A team has been made, changed or deleted: `GET /chat/teams` has them all, and so it has after each reconnect."""


Events = TeamsChanged
