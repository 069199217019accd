"""The services that blueprints and sockets use, made and wired in `factory.py`."""

from __future__ import annotations

from dataclasses import dataclass

from app.broker import Broker
from app.db import Database
from app.journal import Journal
from app.services.accounts import Accounts
from app.services.auth import Auth
from app.services.bots import Bots
from app.services.clearing import Clearing
from app.services.connections import Connections
from app.services.conversations import Conversations
from app.services.epoch import Epoch
from app.services.feed import Feed
from app.services.limiter import Limiter
from app.services.marks import Marks
from app.services.messages import Messages
from app.services.origins import Origins
from app.services.presence import PresenceService
from app.services.rooms import Rooms
from app.services.sessions import Sessions
from app.services.typing import TypingService
from app.settings import Settings


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
