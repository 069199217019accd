"""Mentions: `@` and a name in a note, and beside the text the person or the team that is meant.

The note is the entry that everything else follows from: `note_mentions()` in Postgres makes those it mentions watch the
conversation, and whoever tells them of it reads `content.mentions` of `message_received` and `message_edited`.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.errors import Invalid
from app.protocol import LaneName, Mention, NewText
from app.spine.db import Database
from app.spine.identity import Identity
from app.talk.mentions.store import select_blind


class Mentions:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def check(
        self,
        identity: Identity,
        content: NewText,
        lane: LaneName,
        *,
        conversation_id: UUID,
        client_msg_id: UUID,
    ) -> None:
        """Check that everybody whom a text mentions may read it.

        Raises:
            Invalid: It is no note, names somebody whom its text does not, or speaks to somebody who would not see it.
        """
        if not content.mentions:
            return
        check_form(content.mentions, content.text, lane)
        blind = await select_blind(
            self._db,
            content.mentions,
            conversation_id=conversation_id,
            sender_id=identity.user_id,
            client_msg_id=client_msg_id,
        )
        for sight in blind:
            name = next(m.name for m in content.mentions if (m.kind, m.id) == (sight.kind, sight.id))
            raise Invalid(
                f"{name} may not see this conversation. Take the mention out, or have them join a team of its inbox."
                if sight.is_there
                else f"{name} is no {'agent' if sight.kind == 'user' else 'team'} here any more. Take the mention out."
            )


def check_form(mentions: Sequence[Mention], text: str, lane: LaneName) -> None:
    """Raise `Invalid` for mentions in what goes to the customer, and for one that cannot be seen in the text."""
    if lane != "team":
        raise Invalid("Mentions are for notes; this text would go to the customer.")
    for mention in mentions:
        if f"@{mention.name}" not in text:
            raise Invalid(f"The text does not say @{mention.name}, whom it mentions.")
