"""The views that an agent has: built in, one for each inbox, and saved ones, own or shared."""

from __future__ import annotations

from app.desk.views.built_in import BUILT_IN, INBOX, inbox_view
from app.desk.views.predicates import check
from app.desk.views.store import (
    delete_view,
    insert_view,
    select_inboxes,
    select_view,
    select_views,
    update_view,
)
from app.errors import Forbidden, NotFound
from app.protocol.views import Predicate, Sort, View
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.identity import Identity, Reader

OWN_VIEWS = 100
"""Views that one agent may save."""
ID_DIGITS = 9


class SavedViews:
    def __init__(self, db: Database) -> None:
        self._db = db
        self.on_change: Hearers[[]] = Hearers()
        """Told that a saved view is new, other, or gone."""

    async def all(self, reader: Reader) -> list[View]:
        """Return the views of this reader in their order; a backend has those that belong to nobody."""
        inboxes = await select_inboxes(self._db, reader)
        saved = await select_views(self._db, reader.user_id) if isinstance(reader, Identity) else []
        return [*BUILT_IN.values(), *(inbox_view(*inbox) for inbox in inboxes), *saved]

    async def find(self, reader: Reader, view_id: str) -> View:
        """Return one of them.

        Raises:
            NotFound: There is none of this id, or it is another's.
        """
        if view_id in BUILT_IN:
            return BUILT_IN[view_id]
        if view_id.startswith(INBOX):
            # An inbox that the reader may not see has no conversations for them.
            for inbox_id, name in await select_inboxes(self._db, reader):
                if view_id == f"{INBOX}{inbox_id}":
                    return inbox_view(inbox_id, name)
        if isinstance(reader, Identity) and view_id.isdecimal():
            return await self._saved(reader, view_id)
        raise NotFound("There is no such view. GET /chat/views lists them.")

    async def create(
        self, agent: Identity, *, name: str, predicate: Predicate, sort: Sort, is_shared: bool
    ) -> View:
        """Save a view.

        Raises:
            Invalid: Its predicate cannot be.
            Forbidden: The agent has as many as one may have.
        """
        view = await insert_view(
            self._db,
            agent.user_id,
            name=name,
            predicate=check(predicate),
            sort=sort,
            is_shared=is_shared,
            most=OWN_VIEWS,
        )
        if view is None:
            raise Forbidden(f"You have {OWN_VIEWS} views. Delete one that is not needed any more.")
        self.on_change.tell()
        return view

    async def change(
        self,
        agent: Identity,
        view_id: str,
        *,
        name: str | None = None,
        predicate: Predicate | None = None,
        sort: Sort | None = None,
        is_shared: bool | None = None,
        position: int | None = None,
    ) -> View:
        """Change a view of one's own; an admin may change those that are shared.

        Raises:
            Forbidden: It is another's.
            NotFound: There is none.
            Invalid: Its predicate cannot be.
        """
        await self._own(agent, view_id)
        view = await update_view(
            self._db,
            int(view_id),
            name=name,
            predicate=check(predicate) if predicate is not None else None,
            sort=sort,
            is_shared=is_shared,
            position=position,
        )
        if view is None:
            raise NotFound("There is no such view any more.")
        self.on_change.tell()
        return view

    async def delete(self, agent: Identity, view_id: str) -> None:
        """Delete a view of one's own; an admin may delete those that are shared.

        Raises:
            Forbidden, NotFound: as for a change.
        """
        await self._own(agent, view_id)
        await delete_view(self._db, int(view_id))
        self.on_change.tell()

    async def _own(self, agent: Identity, view_id: str) -> None:
        if view_id in BUILT_IN or view_id.startswith(INBOX):
            raise Forbidden("This view is built in. Save one of your own.")
        view = await self._saved(agent, view_id)
        if view.owner_id != agent.user_id and not agent.is_admin:
            raise Forbidden("This view is another's. Its owner and admins may change it.")

    async def _saved(self, agent: Identity, view_id: str) -> View:
        view = (
            await select_view(self._db, agent.user_id, int(view_id))
            if view_id.isdecimal() and len(view_id) <= ID_DIGITS
            else None
        )
        if view is None:
            raise NotFound("There is no such view. GET /chat/views lists them.")
        return view
