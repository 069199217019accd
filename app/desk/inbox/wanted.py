"""The part of the list that a follower asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from app.desk.inbox.cursor import Cursor
from app.desk.views.facets import Facets, facets_of
from app.desk.views.predicates import holds, is_timed
from app.protocol import Conversation
from app.protocol.views import Predicate

DIGEST = 16
"""Hexadecimal digits by which a cursor knows the view it is of."""


class Wanted(Struct, frozen=True):
    """An inbox, None for all, and a view, resolved for whoever follows it; None for everything."""

    inbox_id: int | None = None
    view: Predicate | None = None

    @property
    def digest(self) -> str:
        return "" if self.view is None else sha256(msgspec.json.encode(self.view)).hexdigest()[:DIGEST]

    def cursor(self, cursor: Cursor) -> Cursor:
        """Return the cursor of one who was told of this part alone."""
        return cursor._replace(inbox_id=self.inbox_id, view=self.digest)

    def is_in_inbox(self, conversation: Conversation) -> bool:
        return self.inbox_id in (None, conversation.inbox_id)

    def has(self, conversation: Conversation) -> bool:
        return self.view is None or holds(self.view, facets_of(conversation), datetime.now(UTC))

    def had(self, before: Iterable[Facets] | None) -> bool:
        """Say whether it may have been there before: what time alone decides, no change tells of."""
        if self.view is None or before is None or is_timed(self.view):
            return True
        now = datetime.now(UTC)
        return any(holds(self.view, facets, now) for facets in before)
