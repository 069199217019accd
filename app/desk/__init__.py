"""The agents' desk: the list of conversations, and their work on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from quart import Blueprint

from app.desk.conversations import rest as conversations_rest
from app.desk.conversations.service import Conversations
from app.desk.inbox import requests as inbox_requests
from app.desk.inbox.feed import Feed
from app.desk.team import rest as team_rest
from app.people import People
from app.protocol import FollowInbox, UnfollowInbox
from app.spine.sockets.connection import Connection
from app.spine.sockets.spine import Spine
from app.talk import Talk

Asked = FollowInbox | UnfollowInbox


class Desk:
    """The services of the area."""

    def __init__(self, spine: Spine, people: People, talk: Talk) -> None:
        self._epoch = spine.epoch
        self.conversations = Conversations(spine.db, talk.messages, people.accounts)
        self.feed = Feed(spine.db, spine.broker, spine.rooms, self.conversations, talk.presence)
        self.tasks: Sequence[Callable[[], Awaitable[None]]] = (self.feed.run, self.feed.sweep.run)

    def blueprints(self, spine: Spine, people: People, talk: Talk) -> list[Blueprint]:
        return [
            conversations_rest.blueprint(spine, self.conversations),
            team_rest.blueprint(spine, people.accounts, talk.presence),
        ]

    async def answer(self, connection: Connection, request: Asked) -> None:
        await inbox_requests.answer(self.feed, self._epoch.current, connection, request)
