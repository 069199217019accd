"""/chat/bulk-actions: changes of many conversations at once."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.bulk.service import Bulk
from app.desk.bulk.store import Left
from app.desk.conversations.changing import ConversationChange
from app.desk.conversations.listing import Listing
from app.errors import Forbidden, Invalid, NotFound, RateLimited
from app.protocol import BulkAction
from app.protocol.inbox import ViewQuery
from app.protocol.wire import Relations
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine

CHOSEN = 1_000
"""Conversations chosen one by one; more of them are a view."""


class NewBulkAction(Struct, frozen=True, kw_only=True):
    """Either `conversation_ids` or a `view`."""

    change: ConversationChange
    conversation_ids: Annotated[list[UUID], Meta(min_length=1, max_length=CHOSEN)] | UnsetType = UNSET
    view: ViewQuery | UnsetType = UNSET
    """All that belongs to it: a view by its `id`, or a predicate of one's own as JSON."""
    relations: ClassVar[Relations] = {
        "oneOf": [
            {"required": ["conversation_ids"], "properties": {"view": False}},
            {"required": ["view"], "properties": {"conversation_ids": False}},
        ]
    }


class BulkActionList(Struct, frozen=True):
    items: list[BulkAction]


class LeftFilter(Struct, frozen=True):
    undoing: bool = False
    """Of the way back, those that were kept as they are."""
    after: UUID | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class LeftList(Struct, frozen=True):
    """Conversations that were left alone, by their ids; the last of a full page is `after` of the next."""

    items: list[Left]


class Latest(Struct, frozen=True):
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


def blueprint(spine: Spine, service: Bulk, listing: Listing) -> Blueprint:
    bulk = Blueprint("bulk", __name__, url_prefix="/chat/bulk-actions")
    auth = spine.auth

    @bulk.post("")
    @operation(
        body=NewBulkAction, gives={202: BulkAction}, errors=[Forbidden, NotFound, RateLimited], by=["agent"]
    )
    async def start_bulk_action(body: NewBulkAction) -> tuple[BulkAction, int]:
        """Change many conversations at once, each as if by itself. `bulk_action_updated` tells how far it is."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        if (body.conversation_ids is UNSET) == (body.view is UNSET):
            raise Invalid("Give either conversation_ids or a view.")
        if body.view is UNSET:
            chosen = [] if body.conversation_ids is UNSET else body.conversation_ids
            return await service.start(agent, body.change, conversation_ids=chosen), 202
        asked = await listing.read(agent, body.view, status=None, sort=None)
        return await service.start(agent, body.change, predicate=asked.predicate), 202

    @bulk.get("")
    @operation(query=Latest, gives={200: BulkActionList}, errors=[Forbidden, RateLimited], by=["agent"])
    async def list_bulk_actions(query: Latest) -> BulkActionList:
        """List your latest, newest first. They are kept for 14 days."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "joins")
        return BulkActionList(await service.latest(agent, limit=query.limit))

    @bulk.get("/<uuid:action_id>")
    @operation(gives={200: BulkAction}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def get_bulk_action(action_id: UUID) -> BulkAction:
        """Return one of yours."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "joins")
        return await service.find(agent, action_id)

    @bulk.get("/<uuid:action_id>/left")
    @operation(
        query=LeftFilter, gives={200: LeftList}, errors=[Forbidden, NotFound, RateLimited], by=["agent"]
    )
    async def list_left(action_id: UUID, query: LeftFilter) -> LeftList:
        """List what it has left alone, and why."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "joins")
        return LeftList(
            await service.left(
                agent,
                action_id,
                undoing=query.undoing,
                limit=query.limit,
                after=None if query.after is UNSET else query.after,
            )
        )

    @bulk.post("/<uuid:action_id>/cancel")
    @operation(gives={200: BulkAction}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def cancel_bulk_action(action_id: UUID) -> BulkAction:
        """Leave the rest of it as it is. What was changed stays so, and can be undone."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        return await service.cancel(agent, action_id)

    @bulk.post("/<uuid:action_id>/undo")
    @operation(gives={200: BulkAction}, errors=[Forbidden, Invalid, NotFound, RateLimited], by=["agent"])
    async def undo_bulk_action(action_id: UUID) -> BulkAction:
        """Take back all of it, except where somebody has changed the same since. Safe to repeat."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        return await service.undo(agent, action_id)

    return bulk
