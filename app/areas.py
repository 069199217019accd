"""The spine and the areas of a process, made and wired in `factory.py`."""

from __future__ import annotations

from dataclasses import dataclass

from app.bots import Bots
from app.desk import Desk
from app.people import People
from app.spine.sockets.spine import Spine
from app.talk import Talk


@dataclass(frozen=True, kw_only=True)
class Areas:
    """Everything that outlives a request, once per process."""

    spine: Spine
    people: People
    talk: Talk
    desk: Desk
    bots: Bots
