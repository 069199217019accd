"""GET /chat/inboxes: the websites and their settings."""

from __future__ import annotations

from msgspec import Struct
from quart import Blueprint

from app.errors import Forbidden
from app.people.inboxes.service import Inboxes
from app.spine.http.bearer import authenticate_team
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine


class InboxRow(Struct, frozen=True):
    id: int
    key: str
    name: str
    origins: list[str]
    bot: str
    reopen_days: int


class InboxList(Struct, frozen=True):
    items: list[InboxRow]


def blueprint(spine: Spine, inboxes: Inboxes) -> Blueprint:
    rest = Blueprint("inboxes", __name__, url_prefix="/chat")

    @rest.get("/inboxes")
    @operation(gives={200: InboxList}, errors=[Forbidden], by=["agent", "api_key"])
    async def list_inboxes() -> InboxList:
        """List the inboxes that you may see; to admins all.

        Their keys are public; the secrets that sign identities are not shown.
        """
        who = await authenticate_team(spine.auth)
        return InboxList(
            [
                InboxRow(inbox.id, inbox.key, inbox.name, [*inbox.origins], inbox.bot, inbox.reopen_days)
                for inbox in await inboxes.seen_by(who)
            ]
        )

    return rest
