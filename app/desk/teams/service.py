"""Teams: who of the agents has which inboxes. `visible()` in Postgres reads them; here they change, and are told of."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.desk.teams.store import (
    Team,
    Verdict,
    change_team,
    select_changes,
    select_team_name,
    select_team_sight,
    select_teams,
)
from app.errors import Invalid, NotFound
from app.protocol import TeamsChanged
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.hearers import Hearers
from app.spine.identity import Identity, Reader
from app.spine.rooms.room import Sink
from app.spine.sweep import Sweep
from app.values.text import Line

NOTICE = "teams"
"""Topic by which a process tells the others to look at once."""
SUBJECT = "teams"
"""Of all states that a socket may have to be told: that teams have changed."""
REFUSALS: dict[Verdict, str] = {
    "name_taken": "There is a team of this name already. Choose another one.",
    "no_agent": "One of the members is no agent, or disabled. GET /chat/agents lists the agents.",
    "no_inbox": "One of the inboxes does not exist. GET /chat/inboxes lists them.",
    "holds_inbox": "This team is the only one of an inbox, which every agent would see without it."
    " Take its inboxes away first, or give them to another team.",
}


class Teams:
    """A change is noted in Postgres with the agents whose sight it changes; each process looks there and tells its own.

    A notice makes the others look at once. Where it is lost, they look within a second.
    """

    def __init__(self, db: Database, broker: Broker) -> None:
        self._db = db
        self._broker = broker
        self._sockets: set[Sink] = set()
        self._snapshot: str | None = None
        self.sweep = Sweep(broker, self._look)
        self.on_sight: Hearers[[Collection[int]]] = Hearers()
        """Told of agents who see other inboxes than before, in each process."""

    async def all(self, reader: Reader) -> list[Team]:
        """Return the teams, with the inboxes that this reader may see; admins manage all of them."""
        is_admin = isinstance(reader, Identity) and reader.is_admin
        return await select_teams(self._db, reader, sees_all=is_admin)

    async def one(self, reader: Reader, team_id: int) -> Team:
        """Return a team.

        Raises:
            NotFound: There is no such team.
        """
        for team in await self.all(reader):
            if team.id == team_id:
                return team
        raise NotFound("There is no such team.")

    async def name(self, team_id: int) -> str:
        """Return the name of a team.

        Raises:
            NotFound: There is no such team.
        """
        name = await select_team_name(self._db, team_id)
        if name is None:
            raise NotFound(f"There is no team with the id {team_id}. GET /chat/teams lists them.")
        return name

    async def name_for(self, team_id: int, conversation_id: UUID) -> str:
        """Return the name of a team that is to have a conversation.

        Raises:
            NotFound: There is no such team, or the conversation does not exist for it.
        """
        found = await select_team_sight(self._db, team_id, conversation_id)
        if found is None:
            raise NotFound(f"There is no team with the id {team_id}. GET /chat/teams lists them.")
        name, may_see = found
        if not may_see:
            raise NotFound(f"The team {name} may not see this conversation.")
        return name

    async def change(
        self,
        team_id: int | None,
        *,
        name: Line | UnsetType = UNSET,
        member_ids: Collection[int] | UnsetType = UNSET,
        inbox_ids: Collection[int] | UnsetType = UNSET,
        is_deleted: bool = False,
    ) -> int:
        """Make a team (`team_id` None), change what is given of it, or delete it; return its id. Safe to repeat.

        Raises:
            NotFound: There is no such team.
            Invalid: It cannot be done; the message says why.
        """
        found, verdict = await change_team(
            self._db,
            team_id,
            name=None if name is UNSET else name,
            member_ids=None if member_ids is UNSET else member_ids,
            inbox_ids=None if inbox_ids is UNSET else inbox_ids,
            is_deleted=is_deleted,
        )
        if verdict == "not_found":
            raise NotFound("There is no such team.")
        if verdict != "done":
            raise Invalid(REFUSALS[verdict])
        self.look_soon()
        self._broker.notify(NOTICE, b"")
        return found

    def look_soon(self, _body: bytes = b"") -> None:
        """Look at once: a team has changed, here or as another process says."""
        self.sweep.soon()

    def connect(self, socket: Sink, identity: Identity) -> None:
        if identity.is_agent:
            self._sockets.add(socket)

    def disconnect(self, socket: Sink, _identity: Identity) -> None:
        self._sockets.discard(socket)

    def forget(self) -> None:
        """The log was replaced, and its transactions are others."""
        self._snapshot = None

    async def _look(self) -> None:
        changes = await select_changes(self._db, self._snapshot)
        self._snapshot = changes.snapshot
        if changes.has_changed:
            frame = Frame.of(TeamsChanged())
            for socket in self._sockets:
                socket.tell(SUBJECT, frame)
        if changes.agent_ids:
            self.on_sight.tell(set(changes.agent_ids))
