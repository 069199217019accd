"""Canned replies: texts that are written again and again, told when they change."""

from __future__ import annotations

from app.protocol.wire import Event, RowId


class CannedRepliesChanged(Event, tag="canned_replies_changed"):
    """Read them anew: one was made, changed or deleted."""

    reply_id: RowId


Events = CannedRepliesChanged
