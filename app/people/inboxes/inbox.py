"""An inbox: a website and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.spine.stored_origins import readable
from app.values.origin import Origin


class Inbox(Struct, frozen=True, kw_only=True):
    id: int
    key: str
    name: str
    origins: list[Origin]
    """The sites that may embed the widget."""
    any_origin: bool
    """Any site may, because none was ever named; not because none of them can be read."""
    bot: str
    identity_secret: str
    welcome: str
    reopen_days: int
    """Days in which a closed conversation is opened again by its customer's next message; 0 for never."""
    colour: str | None

    def allows(self, origin: Origin) -> bool:
        """Say whether pages of this site may use the inbox."""
        return self.any_origin or origin in self.origins


def inbox_of(row: Mapping[str, Any]) -> Inbox:
    named: list[str] = row["origins"]
    origins = list(dict.fromkeys(origin for text in named if (origin := readable(text)) is not None))
    others = {field: row[field] for field in Inbox.__struct_fields__ if field in row}
    return Inbox(**others | {"origins": origins, "any_origin": not named})
