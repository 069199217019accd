"""/chat/drafts: texts that an agent has begun, kept for them on whichever device."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.drafts import Draft, DraftMark, DraftSaved
from app.desk.drafts.service import Drafts
from app.errors import Forbidden, Invalid, NotFound, RateLimited
from app.protocol import TEXT_CHARS, Format, LaneName, Seq
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.values.text import BLANK, prose

TEXT = rf"^([{BLANK}]*[^{BLANK}\x00][^\x00]*)?$"
"""Something to see, or nothing at all."""


class DraftMarks(Struct, frozen=True):
    items: list[DraftMark]


class DraftList(Struct, frozen=True):
    """The drafts of one conversation, the one that was changed last first."""

    items: list[Draft]


class DraftFields(Struct, frozen=True, kw_only=True):
    client_msg_id: UUID
    """The message that it will be. Made when the draft is begun, and anew after a `conflict` or `sent`."""
    text: Annotated[str, Meta(max_length=TEXT_CHARS, pattern=TEXT)]
    """Nothing: there is to be no draft any more."""
    lane: LaneName = "public"
    format: Format = "plain"
    reply_to: Seq | UnsetType = UNSET
    since: Seq = 0
    """The version that you have seen; 0 for none."""


def blueprint(spine: Spine, service: Drafts) -> Blueprint:
    drafts = Blueprint("drafts", __name__, url_prefix="/chat")
    auth = spine.auth

    @drafts.get("/drafts")
    @operation(gives={200: DraftMarks}, errors=[Forbidden, RateLimited], by=["agent"])
    async def list_drafts() -> DraftMarks:
        """List where you have begun something. Nobody else sees it."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "joins")
        return DraftMarks(await service.marks(agent))

    @drafts.get("/conversations/<uuid:conversation_id>/drafts")
    @operation(gives={200: DraftList}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def get_drafts(conversation_id: UUID) -> DraftList:
        """Return what you have begun in a conversation, at most one text for each lane."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "joins")
        return DraftList(await service.of(agent, conversation_id))

    @drafts.put("/conversations/<uuid:conversation_id>/drafts")
    @operation(
        body=DraftFields,
        gives={200: DraftSaved},
        errors=[Forbidden, NotFound, Invalid, RateLimited],
        by=["agent"],
    )
    async def save_draft(conversation_id: UUID, body: DraftFields) -> DraftSaved:
        """Keep what you have begun, unless another of your devices has changed it since. Safe to repeat.

        When its message has been stored, the draft is gone by itself.
        """
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        if body.text:
            prose(body.text, "draft", TEXT_CHARS)
        return await service.save(
            agent,
            conversation_id,
            body.lane,
            client_msg_id=body.client_msg_id,
            text=body.text,
            format=body.format,
            reply_to=None if body.reply_to is UNSET else body.reply_to,
            since=body.since,
        )

    return drafts
