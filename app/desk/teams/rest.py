"""Teams: everybody at the desk sees who is in which, admins change them."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.teams.service import Teams
from app.desk.teams.store import Team
from app.errors import Forbidden, Invalid, NotFound
from app.protocol import RowId
from app.spine.http.bearer import authenticate_admin, authenticate_team
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.values.text import NAME_CHARS, ONE_LINE, Line, name

Name = Annotated[Line, Meta(extra_json_schema={"minLength": 1, "maxLength": NAME_CHARS, "pattern": ONE_LINE})]
Members = Annotated[list[RowId], Meta(max_length=10_000)]
Inboxes = Annotated[list[RowId], Meta(max_length=1_000)]


class TeamList(Struct, frozen=True):
    """Teams by name."""

    items: list[Team]


class NewTeam(Struct, frozen=True):
    name: Name
    member_ids: Members = []
    """Agents."""
    inbox_ids: Inboxes = []
    """Inboxes that only members of their teams see."""

    def __post_init__(self) -> None:
        name(self.name)


class TeamChange(Struct, frozen=True):
    """A change of a team: a field that is left out stays, a list replaces the one there was."""

    name: Name | UnsetType = UNSET
    member_ids: Members | UnsetType = UNSET
    inbox_ids: Inboxes | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.name is not UNSET:
            name(self.name)


def blueprint(spine: Spine, service: Teams) -> Blueprint:
    teams = Blueprint("teams", __name__, url_prefix="/chat/teams")

    @teams.get("")
    @operation(gives={200: TeamList}, errors=[Forbidden], by=["agent", "api_key"])
    async def list_teams() -> TeamList:
        """List the teams and their members, with the inboxes that you may see; to admins all inboxes."""
        return TeamList(await service.all(await authenticate_team(spine.auth)))

    @teams.post("")
    @operation(body=NewTeam, gives={201: Team}, errors=[Forbidden, Invalid], by=["agent"])
    async def create_team(body: NewTeam) -> tuple[Team, int]:
        """Make a team. Agents in no team of its inboxes stop to see them, at once. Admins only."""
        admin = await authenticate_admin(spine.auth)
        team_id = await service.change(
            None, name=body.name, member_ids=body.member_ids, inbox_ids=body.inbox_ids
        )
        return await service.one(admin, team_id), 201

    @teams.patch("/<row_id:team_id>")
    @operation(body=TeamChange, gives={200: Team}, errors=[Forbidden, NotFound, Invalid], by=["agent"])
    async def change_team(team_id: int, body: TeamChange) -> Team:
        """Rename a team, or replace its members or inboxes; who sees what changes at once. Admins only."""
        admin = await authenticate_admin(spine.auth)
        await service.change(
            row_id(team_id), name=body.name, member_ids=body.member_ids, inbox_ids=body.inbox_ids
        )
        return await service.one(admin, team_id)

    @teams.delete("/<row_id:team_id>")
    @operation(gives={204: None}, errors=[Forbidden, NotFound, Invalid], by=["agent"])
    async def delete_team(team_id: int) -> None:
        """Delete a team; conversations that it had go on naming it. Its inboxes must have another team. Admins only."""
        await authenticate_admin(spine.auth)
        await service.change(row_id(team_id), is_deleted=True)

    return teams


def row_id(number: int) -> int:
    """Return the number from a path, if a row may have it: Postgres's driver raises an error at a larger one."""
    if not 0 < number < 2**31:
        raise NotFound("There is no such team.")
    return number
