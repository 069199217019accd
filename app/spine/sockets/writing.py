"""Writing to the log from a socket: the lane it may write in, and the answer it gets."""

from __future__ import annotations

from uuid import UUID

from app.errors import FiresideError, Forbidden
from app.protocol import LaneName, RequestId, SendAck
from app.spine.log.entry import Appended, Lane
from app.spine.log.journal import Answer
from app.spine.sockets.connection import Connection


def allowed_lane(connection: Connection, name: LaneName) -> Lane:
    """Return the lane of that name.

    Raises:
        Forbidden: The team's lane, asked for by a customer.
    """
    lane = Lane.named(name)
    if lane is Lane.TEAM and not connection.identity.is_agent:
        raise Forbidden("Private notes are for agents.")
    return lane


def acknowledge(connection: Connection, request_id: RequestId, client_msg_id: UUID) -> Answer:
    """Return what tells a connection of its entry's commit, or of why there is none.

    The journal calls it, for the write is not the connection's: a client that has left is simply not told.
    """

    def tell(result: Appended | FiresideError) -> None:
        if isinstance(result, FiresideError):
            connection.fail(result, request_id)
        else:
            connection.send(
                SendAck(
                    request_id,
                    result.conversation_id,
                    client_msg_id,
                    result.entry.message_id,
                    result.seq,
                    result.entry.created_at,
                    result.duplicate,
                )
            )

    return tell
