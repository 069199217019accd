"""Notes about a person: the team's alone, and in no lane of any log."""

from __future__ import annotations

from uuid import UUID

from app.errors import Forbidden, Invalid, NotFound
from app.people.customer_notes.store import (
    delete_note,
    insert_note,
    select_author,
    update_note,
)
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.identity import Identity
from app.values.text import prose

NOTE_CHARS = 2000
MOST_NOTES = 50
"""Notes about one person: all are shown at once, beside each of their conversations."""


class CustomerNotes:
    def __init__(self, db: Database) -> None:
        self._db = db
        self.on_change: Hearers[[UUID]] = Hearers()
        """Told of the conversation beside which a note was changed."""

    async def add(self, agent: Identity, conversation_id: UUID, text: str) -> None:
        """Write down something about a conversation's customer.

        Raises:
            NotFound: There is no such conversation, not for them, or its customer was erased.
            Invalid, TooLarge: That is no text, or there are too many notes.
        """
        prose(text, "note", NOTE_CHARS)
        verdict = await insert_note(self._db, agent, conversation_id, text, most=MOST_NOTES)
        if verdict == "too_many":
            raise Invalid(f"There are {MOST_NOTES} notes about this customer already. Delete some first.")
        self._conclude(conversation_id, is_there=verdict == "done")

    async def edit(self, agent: Identity, conversation_id: UUID, note_id: int, text: str) -> None:
        """Change the text of a note: its author, or an admin.

        Raises:
            NotFound: There is no such note, or not for them.
            Forbidden: It is a colleague's.
            Invalid, TooLarge: That is no text.
        """
        prose(text, "note", NOTE_CHARS)
        await self._check(agent, conversation_id, note_id)
        self._conclude(
            conversation_id, is_there=await update_note(self._db, agent, conversation_id, note_id, text)
        )

    async def delete(self, agent: Identity, conversation_id: UUID, note_id: int) -> None:
        """Delete a note: its author, or an admin.

        Raises:
            NotFound: There is no such note, or not for them.
            Forbidden: It is a colleague's.
        """
        await self._check(agent, conversation_id, note_id)
        self._conclude(conversation_id, is_there=await delete_note(self._db, agent, conversation_id, note_id))

    async def _check(self, agent: Identity, conversation_id: UUID, note_id: int) -> None:
        author_id = await select_author(self._db, agent, conversation_id, note_id)
        if author_id is None:
            raise NotFound("There is no such conversation or note.")
        if author_id != agent.user_id and not agent.is_admin:
            raise Forbidden("Only who wrote a note, or an admin, may change it.")

    def _conclude(self, conversation_id: UUID, *, is_there: bool) -> None:
        if not is_there:
            raise NotFound("There is no such conversation or note.")
        self.on_change.tell(conversation_id)
