"""Read an entry of the log from what a client is given."""

from __future__ import annotations

from typing import Any

from tests.faults.history import Entry
from tests.faults.people import PUBLIC, TEAM


def entry_of(frame: dict[str, Any]) -> Entry:
    """Read an entry from its frame, or from the history endpoint, which gives the same."""
    return Entry(
        place=(frame["conversation_id"], TEAM if frame.get("lane") == "team" else PUBLIC),
        seq=frame["seq"],
        type=frame["type"],
        sender_id=frame["sender"]["id"],
        client_msg_id=frame["client_msg_id"],
        message_id=frame["message_id"],
        body=frame.get("content", {}).get("text", ""),
    )
