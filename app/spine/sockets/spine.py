"""The parts of a process that every frame meets, whatever feature it is for; made in `factory.py`."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.identity import Authenticator
from app.spine.limiter import Limiter
from app.spine.log.epoch import Epoch
from app.spine.log.journal import Journal
from app.spine.log.readers import Readers
from app.spine.log.tail import Tail
from app.spine.origins import Origins
from app.spine.rooms.news import News
from app.spine.rooms.rooms import Rooms
from app.spine.sockets.connections import Connections


@dataclass(frozen=True, kw_only=True)
class Spine:
    """Everything of the spine that outlives a request, once per process."""

    settings: Settings
    db: Database
    broker: Broker
    journal: Journal
    tail: Tail
    readers: Readers
    epoch: Epoch
    news: News
    rooms: Rooms
    limiter: Limiter
    origins: Origins
    auth: Authenticator
    connections: Connections
