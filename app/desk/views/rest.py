"""/chat/views: the views of the list, and those that agents save."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.views.service import SavedViews
from app.errors import Forbidden, NotFound, RateLimited
from app.protocol.views import Predicate, Sort, View
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent, authenticate_team
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.values.text import ONE_LINE, line

NAME_CHARS = 60
Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS, extra_json_schema={"pattern": ONE_LINE})]


class AllViews(Struct, frozen=True):
    items: list[View]


class NewView(Struct, frozen=True, kw_only=True):
    name: Name
    predicate: Predicate
    sort: Sort = "activity"
    is_shared: bool = False
    """For all agents; else for oneself."""


class ViewChange(Struct, frozen=True, kw_only=True):
    name: Name | UnsetType = UNSET
    predicate: Predicate | UnsetType = UNSET
    sort: Sort | UnsetType = UNSET
    is_shared: bool | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET


def blueprint(spine: Spine, service: SavedViews) -> Blueprint:
    views = Blueprint("views", __name__, url_prefix="/chat/views")
    auth = spine.auth

    @views.get("")
    @operation(gives={200: AllViews}, errors=[Forbidden, RateLimited], by=["agent", "api_key"])
    async def list_views() -> AllViews:
        """List the views: those built in, one for each inbox, the shared ones, and one's own."""
        reader = await authenticate_team(auth)
        await allow(spine, reader, "joins")
        return AllViews(await service.all(reader))

    @views.post("")
    @operation(body=NewView, gives={201: View}, errors=[Forbidden, RateLimited], by=["agent"])
    async def create_view(body: NewView) -> tuple[View, int]:
        """Save a view."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        view = await service.create(
            agent,
            name=line(body.name, "name", NAME_CHARS),
            predicate=body.predicate,
            sort=body.sort,
            is_shared=body.is_shared,
        )
        return view, 201

    @views.patch("/<view_id>")
    @operation(body=ViewChange, gives={200: View}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def change_view(view_id: str, body: ViewChange) -> View:
        """Rename, share or move a view, or have it ask for something else. What is left out stays."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        return await service.change(
            agent,
            view_id,
            name=None if body.name is UNSET else line(body.name, "name", NAME_CHARS),
            predicate=None if body.predicate is UNSET else body.predicate,
            sort=None if body.sort is UNSET else body.sort,
            is_shared=None if body.is_shared is UNSET else body.is_shared,
            position=None if body.position is UNSET else body.position,
        )

    @views.delete("/<view_id>")
    @operation(gives={204: None}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def delete_view(view_id: str) -> None:
        """Delete a saved view; the conversations in it stay as they are."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        await service.delete(agent, view_id)

    return views
