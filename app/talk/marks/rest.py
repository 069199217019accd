"""POST …/marks and …/unread, GET /chat/read-states: receipts without WebSockets, and what oneself has read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.errors import Forbidden, NotFound, RateLimited
from app.protocol import ReadState, Seq
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent, authenticate_user
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.talk.marks.service import Marks
from app.talk.marks.store import UNKNOWN

UUID_TEXT = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
IDS = f"^{UUID_TEXT}(,{UUID_TEXT}){{0,99}}$(?!\\n)"
"""A hundred ids are an address of 3.7 kB, which every proxy takes."""


class MarksBody(Struct, frozen=True):
    """The last entries that were received and read."""

    delivered_seq: Seq = 0
    read_seq: Seq = 0
    team_read_seq: Seq = 0
    """Of the team lane, for agents."""
    version: Seq | UnsetType = UNSET
    """Of the read state known when the reading began: what was put back as unread later stays so."""


class MarksNoted(Struct, frozen=True):
    """They are stored within a moment, each as far as it grows and the log goes."""

    conversation_id: UUID


class UnreadBody(Struct, frozen=True):
    seq: Seq
    """The entry of the public lane from which on it is unread."""


class ReadStatesFilter(Struct, frozen=True):
    conversation_ids: Annotated[str, Meta(pattern=IDS)]
    """At most a hundred, with commas between."""


class ReadStates(Struct, frozen=True):
    items: list[ReadState]
    """A conversation that was never read is left out."""


def blueprint(spine: Spine, service: Marks) -> Blueprint:
    marks = Blueprint("marks", __name__, url_prefix="/chat")

    @marks.post("/conversations/<uuid:conversation_id>/marks")
    @operation(
        body=MarksBody,
        gives={202: MarksNoted},
        errors=[Forbidden, NotFound, RateLimited],
        by=["agent", "session"],
    )
    async def post_marks(conversation_id: UUID, body: MarksBody) -> tuple[MarksNoted, int]:
        """Tell how far you have received and read; the same again changes nothing."""
        who = await authenticate_user(spine.auth)
        await allow(spine, who, "joins")
        await spine.rooms.authorise(who, conversation_id)
        if body.team_read_seq and not who.is_agent:
            raise Forbidden("The team lane is for agents.")
        service.mark(
            conversation_id,
            who.user_id,
            delivered_seq=body.delivered_seq,
            read_seq=body.read_seq,
            team_read_seq=body.team_read_seq,
            version=UNKNOWN if body.version is UNSET else body.version,
        )
        return MarksNoted(conversation_id), 202

    @marks.post("/conversations/<uuid:conversation_id>/unread")
    @operation(
        body=UnreadBody, gives={200: ReadState}, errors=[Forbidden, NotFound, RateLimited], by=["agent"]
    )
    async def post_unread(conversation_id: UUID, body: UnreadBody) -> ReadState:
        """Put a conversation back as unread for oneself, until it is read again."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "sends")
        return await service.mark_unread(conversation_id, agent.user_id, body.seq)

    @marks.get("/read-states")
    @operation(query=ReadStatesFilter, gives={200: ReadStates}, errors=[Forbidden, RateLimited], by=["agent"])
    async def list_read_states(query: ReadStatesFilter) -> ReadStates:
        """Return how far oneself has read these conversations."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "joins")
        ids = [UUID(each) for each in query.conversation_ids.split(",")]
        return ReadStates(await service.states(agent.user_id, ids))

    return marks
