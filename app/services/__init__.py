"""The services that blueprints and sockets use, made and wired in `factory.py`."""

from __future__ import annotations

from dataclasses import dataclass

from app.bots import Bots
from app.desk.conversations.service import Conversations
from app.desk.inbox.feed import Feed
from app.people.accounts.service import Accounts
from app.people.auth.service import Auth
from app.people.clearing.service import Clearing
from app.people.customers.service import Sessions
from app.settings import Settings
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.limiter import Limiter
from app.spine.log.epoch import Epoch
from app.spine.log.journal import Journal
from app.spine.origins import Origins
from app.spine.rooms.rooms import Rooms
from app.spine.sockets.connections import Connections
from app.talk.marks.service import Marks
from app.talk.messages.service import Messages
from app.talk.presence.service import PresenceService
from app.talk.typing.service import TypingService


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that outlives a request, once per process."""

    settings: Settings
    db: Database
    broker: Broker
    journal: Journal
    auth: Auth
    accounts: Accounts
    sessions: Sessions
    epoch: Epoch
    rooms: Rooms
    messages: Messages
    conversations: Conversations
    typing: TypingService
    presence: PresenceService
    marks: Marks
    feed: Feed
    limiter: Limiter
    origins: Origins
    bots: Bots
    clearing: Clearing
    connections: Connections
