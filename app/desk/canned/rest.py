"""/chat/canned: texts that are written again and again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from quart import Blueprint

from app.desk.canned import CannedReply, Draft
from app.desk.canned.service import CannedReplies
from app.errors import Forbidden, Invalid, NotFound, RateLimited
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.values.text import BLANK, NOT_BLANK, ONE_LINE, line, prose

TITLE_CHARS = 100
REPLY_CHARS = 5_000


class CannedReplyList(Struct, frozen=True):
    items: list[CannedReply]


class CannedReplyFields(Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(min_length=1, max_length=TITLE_CHARS, extra_json_schema={"pattern": ONE_LINE})]
    text: Annotated[str, Meta(min_length=1, max_length=REPLY_CHARS, pattern=NOT_BLANK)]
    """May have placeholders: `{{customer.first_name|there}}` is the name, or "there" where none is known."""
    shortcut: Annotated[str, Meta(max_length=40, pattern=rf"^[^{BLANK}\x00/]*$")] = ""
    """Typed behind a slash. One of a kind among those shared, and among each agent's own, whatever its case."""
    is_shared: bool = False


def blueprint(spine: Spine, service: CannedReplies) -> Blueprint:
    canned = Blueprint("canned", __name__, url_prefix="/chat/canned")
    auth = spine.auth

    @canned.get("")
    @operation(gives={200: CannedReplyList}, errors=[Forbidden, RateLimited], by=["agent"])
    async def list_canned() -> CannedReplyList:
        """List the canned replies that are shared, and your own."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "joins")
        return CannedReplyList(await service.all(agent))

    @canned.post("")
    @operation(
        body=CannedReplyFields,
        gives={201: CannedReply},
        errors=[Forbidden, Invalid, RateLimited],
        by=["agent"],
    )
    async def create_canned(body: CannedReplyFields) -> tuple[CannedReply, int]:
        """Make a canned reply."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        return await service.create(agent, read(body)), 201

    @canned.put("/<row_id:reply_id>")
    @operation(
        body=CannedReplyFields,
        gives={200: CannedReply},
        errors=[Forbidden, NotFound, Invalid, RateLimited],
        by=["agent"],
    )
    async def change_canned(reply_id: int, body: CannedReplyFields) -> CannedReply:
        """Replace a canned reply by this. Its owner may, and of a shared one admins."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        return await service.change(agent, reply_id, read(body))

    @canned.delete("/<row_id:reply_id>")
    @operation(gives={204: None}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def delete_canned(reply_id: int) -> None:
        """Delete a canned reply. Messages that were written with it stay as they are."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        await service.delete(agent, reply_id)

    @canned.post("/<row_id:reply_id>/uses")
    @operation(gives={204: None}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def use_canned(reply_id: int) -> None:
        """Count that you have used it: those used most stand first."""
        agent = await authenticate_agent(auth)
        await allow(spine, agent, "sends")
        await service.use(agent, reply_id)

    return canned


def read(body: CannedReplyFields) -> Draft:
    """Check the texts.

    Raises:
        Invalid, TooLarge: With what to mend.
    """
    prose(body.text, "text", REPLY_CHARS)
    return Draft(
        is_shared=body.is_shared,
        shortcut=line(body.shortcut, "shortcut", 40) if body.shortcut else "",
        title=line(body.title.strip(), "title", TITLE_CHARS),
        text=body.text,
    )
