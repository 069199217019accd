"""Limits of each kind of client: counts and bytes in a time. 0 is no limit."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Limit = Annotated[int, Meta(ge=0, le=10_000_000)]
"""A count in ten seconds, unless it says otherwise; 0 is no limit."""
ByteLimit = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
"""Bytes in ten seconds, unless it says otherwise; 0 is no limit."""


class SocketLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one connection of a surface."""

    frames: Limit
    sends: Limit
    joins: Limit
    typing: Limit
    bytes: ByteLimit


class WidgetLimits(SocketLimits, frozen=True, kw_only=True):
    """A widget is anybody's."""

    frames: Annotated[Limit, Meta(description="frames a widget may send")] = 6_000
    sends: Annotated[Limit, Meta(description="messages, edits and reactions of a widget")] = 3_000
    joins: Annotated[Limit, Meta(description="joins and syncs of a widget")] = 200
    typing: Annotated[Limit, Meta(description="typing signals of a widget")] = 100
    bytes: Annotated[ByteLimit, Meta(description="bytes a widget may send")] = 2_000_000


class AdminLimits(SocketLimits, frozen=True, kw_only=True):
    """An admin app is one of ours."""

    frames: Annotated[Limit, Meta(description="frames an admin app may send")] = 20_000
    sends: Annotated[Limit, Meta(description="messages, edits and reactions of an admin app")] = 5_000
    joins: Annotated[Limit, Meta(description="joins and syncs of an admin app")] = 10_000
    typing: Annotated[Limit, Meta(description="typing signals of an admin app")] = 500
    bytes: Annotated[ByteLimit, Meta(description="bytes an admin app may send")] = 8_000_000


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """All limits. That of `widget.sends` is `LIMIT_WIDGET_SENDS` in the environment."""

    widget: WidgetLimits = WidgetLimits()
    admin: AdminLimits = AdminLimits()
    customer_bytes: Annotated[
        ByteLimit, Meta(description="bytes of text that one customer may write, over all their sockets")
    ] = 2_000_000
    customer_day_bytes: Annotated[
        ByteLimit, Meta(description="bytes of text that one customer may write in a day")
    ] = 100_000_000
    conversation_bytes: Annotated[
        ByteLimit, Meta(description="bytes of text that its customer may write into one conversation")
    ] = 2_000_000
    sessions: Annotated[Limit, Meta(description="new customer sessions from one address")] = 6_000
    login_failures: Annotated[
        Limit,
        Meta(description="wrong passwords in 5 minutes, for one email; ten times that from one address"),
    ] = 10
    user_connections: Annotated[
        Limit, Meta(description="open sockets of one user in a process, and as many long polls")
    ] = 1_000
    address_connections: Annotated[
        Limit, Meta(description="open sockets and long polls from one address in a process")
    ] = 20_000

    def of(self, surface: Literal["widget", "admin"]) -> SocketLimits:
        """Return the limits of one connection of a surface."""
        return self.widget if surface == "widget" else self.admin
