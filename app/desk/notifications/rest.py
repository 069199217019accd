"""/chat/me/notifications: what an agent was told of, and what not and why."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct
from quart import Blueprint

from app.desk.notifications.service import Notifications
from app.errors import Forbidden, NotFound, RateLimited
from app.protocol import Notification, Seq
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine


class NotificationList(Struct, frozen=True):
    items: list[Notification]


class SeenThrough(Struct, frozen=True, kw_only=True):
    through: Seq
    """The largest `id` that was seen."""
    conversation_id: UUID | None = None
    """Null: those of all conversations."""


class Ringing(Struct, frozen=True):
    is_first: bool
    """This device rings; the others wait."""


def blueprint(spine: Spine, service: Notifications) -> Blueprint:
    notifications = Blueprint("notifications", __name__, url_prefix="/chat/me/notifications")

    @notifications.get("")
    @operation(gives={200: NotificationList}, errors=[Forbidden, RateLimited], by=["agent"])
    async def list_notifications() -> NotificationList:
        """List your latest notifications, and those you were not told of with the reason."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "joins")
        return NotificationList(await service.latest(agent.user_id))

    @notifications.post("/seen")
    @operation(body=SeenThrough, gives={204: None}, errors=[Forbidden, RateLimited], by=["agent"])
    async def see_notifications(body: SeenThrough) -> None:
        """Say that you have seen them. Your other devices are told, and are silent."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "joins")
        await service.see(agent.user_id, conversation_id=body.conversation_id, through=body.through)

    @notifications.post("/<seq:notification_id>/ring")
    @operation(gives={200: Ringing}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def ring_notification(notification_id: int) -> Ringing:
        """Ask whether this device is the first to ring for it."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "joins")
        return Ringing(await service.ring(agent.user_id, notification_id))

    return notifications
