"""POST …/marks: receipts where WebSockets are blocked."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct
from quart import Blueprint

from app.errors import Forbidden, NotFound, RateLimited
from app.protocol import Seq
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_user
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.talk.marks.service import Marks


class MarksBody(Struct, frozen=True):
    """The last entries of the public lane that were received and read."""

    delivered_seq: Seq = 0
    read_seq: Seq = 0


class MarksNoted(Struct, frozen=True):
    """They are stored within a moment, each as far as it grows and the log goes."""

    conversation_id: UUID


def blueprint(spine: Spine, service: Marks) -> Blueprint:
    marks = Blueprint("marks", __name__, url_prefix="/chat/conversations/<uuid:conversation_id>")

    @marks.post("/marks")
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
        service.mark(conversation_id, who.user_id, delivered_seq=body.delivered_seq, read_seq=body.read_seq)
        return MarksNoted(conversation_id), 202

    return marks
