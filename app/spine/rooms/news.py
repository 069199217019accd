"""The facts that are told inside a process: a closed set, heard by what `factory.wire` says."""

from __future__ import annotations

from uuid import UUID

from app.spine.hearers import Hearers
from app.spine.identity import Identity
from app.spine.log.entry import Appended, Lane
from app.spine.rooms.room import Room, Sink


class News:
    """Told after acks and hints went out. An error of a hearer is logged and hurts nobody."""

    def __init__(self) -> None:
        self.appended: Hearers[[Appended]] = Hearers()
        """An entry was appended by this process, repeats included; its sender has been answered."""
        self.entry: Hearers[[UUID, int, Lane]] = Hearers()
        """An entry is there, by whichever process, and was delivered: its conversation, its sender and its lane."""
        self.agent: Hearers[[Room, int]] = Hearers()
        """An agent has got a part in a conversation that is followed here."""
        self.epoch: Hearers[[str]] = Hearers()
        """A room was opened in this log."""
        self.opened: Hearers[[Sink, Identity]] = Hearers()
        """A socket has authenticated; it is welcomed after this."""
        self.closed: Hearers[[Sink, Identity]] = Hearers()
        """It is gone, or going."""
        self.left: Hearers[[Identity, UUID]] = Hearers()
        """A socket follows a conversation no longer."""
