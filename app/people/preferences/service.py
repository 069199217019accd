"""The choices of an agent for themselves: the same in all their browsers, and of no meaning to the server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from app.errors import Invalid, TooLarge
from app.people.preferences.store import merge_preferences, select_preferences
from app.protocol import PreferencesChanged
from app.spine.db import Database
from app.spine.rooms.audience import Audience
from app.values.text import is_well_formed

MOST_NAMES = 200
"""Names that an agent may have chosen something for; after that `too_large`."""
MOST_BYTES = 32 * 1024
"""Bytes of all that an agent has chosen, as JSON; after that `too_large`."""
DEPTH = 8
"""Lists and objects inside each other."""
SUBJECT = ("preferences",)


class Preferences(Struct, frozen=True):
    version: int
    values: dict[str, Any]


class PreferenceService:
    def __init__(self, db: Database, audience: Audience) -> None:
        self._db = db
        self._audience = audience

    async def of(self, user_id: int) -> Preferences:
        return Preferences(*await select_preferences(self._db, user_id))

    async def change(self, user_id: int, values: dict[str, Any]) -> Preferences:
        """Change some of them, tell the agent's other browsers, and return all.

        Raises:
            Invalid: A text cannot be stored.
            TooLarge: They would be too many.
        """
        for text in texts(values, DEPTH):
            if "\0" in text or not is_well_formed(text):
                raise Invalid("A preference has a character that cannot be stored. Remove it.")
        if not values:
            return await self.of(user_id)
        merged = await merge_preferences(
            self._db, user_id, values, most_bytes=MOST_BYTES, most_names=MOST_NAMES
        )
        if merged is None:
            raise TooLarge(f"All preferences together have at most {MOST_BYTES} bytes. Remove some first.")
        changed = Preferences(*merged)
        self._audience.tell(SUBJECT, PreferencesChanged(changed.version), user_id=user_id)
        return changed


def texts(value: Any, depth: int) -> Iterator[str]:
    """Yield each text in a value, names included.

    Raises:
        Invalid: It is too deep.
    """
    if depth == 0:
        raise Invalid(f"A preference has at most {DEPTH} lists and objects inside each other.")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from texts(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, depth - 1)
