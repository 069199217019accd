"""The agents' desk: the list of conversations, and their work on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import assert_never

from quart import Blueprint

from app.desk.bulk import rest as bulk_rest
from app.desk.bulk.deciding import Deciding
from app.desk.bulk.service import Bulk
from app.desk.bulk.worker import Worker
from app.desk.canned import rest as canned_rest
from app.desk.canned.service import CannedReplies
from app.desk.conversations import rest as conversations_rest
from app.desk.conversations.listing import Listing
from app.desk.conversations.service import Conversations
from app.desk.drafts import rest as drafts_rest
from app.desk.drafts.service import Drafts
from app.desk.inbox import requests as inbox_requests
from app.desk.inbox.feed import Feed
from app.desk.labels import rest as labels_rest
from app.desk.labels.service import Labels
from app.desk.notifications import rest as notifications_rest
from app.desk.notifications.service import Notifications
from app.desk.snoozing.service import Snoozing
from app.desk.team import rest as team_rest
from app.desk.teams import rest as teams_rest
from app.desk.teams.service import Teams
from app.desk.viewers import requests as viewers_requests
from app.desk.viewers.service import Viewers
from app.desk.views import requests as views_requests
from app.desk.views import rest as views_rest
from app.desk.views.service import SavedViews
from app.desk.views.tally import Tally
from app.people import People
from app.protocol import FollowInbox, FollowViews, Looking, UnfollowInbox, UnfollowViews
from app.spine.sockets.connection import Connection
from app.spine.sockets.spine import Spine
from app.talk import Talk

Asked = FollowInbox | UnfollowInbox | FollowViews | UnfollowViews | Looking


class Desk:
    """The services of the area."""

    def __init__(self, spine: Spine, people: People, talk: Talk) -> None:
        self._epoch = spine.epoch
        self.teams = Teams(spine.db, spine.broker)
        self.labels = Labels(spine.db, spine.broker)
        self.conversations = Conversations(spine.db, talk.messages, people.accounts, self.teams, self.labels)
        self.feed = Feed(spine.db, spine.broker, spine.rooms, self.conversations, talk.presence)
        self.views = SavedViews(spine.db)
        self.listing = Listing(spine.db, self.views)
        self.canned = CannedReplies(spine.db, people.audience)
        self.drafts = Drafts(spine.db, people.audience)
        self.tally = Tally(spine.db, self.views)
        self.viewers = Viewers(spine.rooms, spine.broker)
        self.notifications = Notifications(spine.db, people.audience)
        self.snoozing = Snoozing(spine.db, spine.broker)
        deciding = Deciding(spine.db, self.conversations, people.accounts, self.labels)
        self.bulk_worker = Worker(spine.db, spine.broker, people.audience, deciding)
        self.bulk = Bulk(spine.db, self.conversations, self.bulk_worker.sweep.soon)
        self.tasks: Sequence[Callable[[], Awaitable[None]]] = (
            self.feed.run,
            self.feed.sweep.run,
            self.tally.run,
            self.viewers.run,
            self.teams.sweep.run,
            self.snoozing.clock.run,
            self.labels.sweep.run,
            self.bulk_worker.sweep.run,
            self.drafts.run,
        )

    def blueprints(self, spine: Spine, people: People, talk: Talk) -> list[Blueprint]:
        return [
            conversations_rest.blueprint(spine, self.conversations, self.listing),
            team_rest.blueprint(spine, people.accounts, talk.presence),
            views_rest.blueprint(spine, self.views),
            teams_rest.blueprint(spine, self.teams),
            canned_rest.blueprint(spine, self.canned),
            drafts_rest.blueprint(spine, self.drafts),
            labels_rest.blueprint(spine, self.labels),
            bulk_rest.blueprint(spine, self.bulk, self.listing),
            notifications_rest.blueprint(spine, self.notifications),
        ]

    async def answer(self, connection: Connection, request: Asked) -> None:
        match request:
            case FollowInbox() | UnfollowInbox():
                await inbox_requests.answer(self.feed, self.listing, self._epoch.current, connection, request)
                if isinstance(request, FollowInbox):
                    self.labels.follow(connection)
            case FollowViews() | UnfollowViews():
                await views_requests.answer(self.tally, connection, request)
            case Looking():
                await viewers_requests.answer(self.viewers, connection, request)
            case _:
                assert_never(request)
