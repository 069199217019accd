"""Typing. Signals only: at most once, and they end by themselves."""

from __future__ import annotations

import asyncio
from time import monotonic
from uuid import UUID

from msgspec import json, structs

from app.protocol import Typing, TypingIndicator
from app.spine.hearers import Hearers
from app.spine.hints import RoomSignal
from app.spine.identity import Identity
from app.spine.log.entry import Lane
from app.spine.rooms.rooms import Rooms

Key = tuple[UUID, int]
EXPIRES = 10 / 3
"""Typing timeouts after which receivers hide it by themselves, should the stop be lost; it is repeated in time."""
TICKS = 20
"""Looks at the clock in one typing timeout, so that typing ends within a twentieth of it."""


class Typists:
    """Those who type, people and bots. A beginning and an end are announced, not the repeats in between.

    One dictionary and one task serve all who type, for a timer per keystroke would cost more than the keystroke.
    """

    def __init__(self, rooms: Rooms, *, timeout_ms: int) -> None:
        self._rooms = rooms
        self._timeout_ms = timeout_ms
        # In the order of their deadlines, because each start moves its key to the end.
        self._deadlines: dict[Key, tuple[float, TypingIndicator]] = {}
        self._announced_at: dict[Key, float] = {}
        self._elsewhere: dict[Key, tuple[float, TypingIndicator]] = {}
        self._some = asyncio.Event()
        self.on_change: Hearers[[TypingIndicator]] = Hearers()
        """Told of each change, here or elsewhere: for lists that show who types."""

    def start(self, identity: Identity, conversation_id: UUID) -> None:
        """Note a keystroke."""
        key = (conversation_id, identity.user_id)
        known = self._deadlines.pop(key, None)
        indicator = known[1] if known else self._started(identity, conversation_id)
        now = self._now()
        self._deadlines[key] = (now + self._timeout_ms / 1000, indicator)
        self._some.set()
        expires_at = self._announced_at.get(key, 0) + EXPIRES * self._timeout_ms / 1000
        if known is None or expires_at - now < self._timeout_ms / 1000:
            self._announced_at[key] = now
            self._announce(indicator)

    def stop(self, user_id: int, conversation_id: UUID) -> None:
        """End someone's typing; not typing is fine."""
        known = self._deadlines.pop((conversation_id, user_id), None)
        if known is not None:
            self._announced_at.pop((conversation_id, user_id), None)
            self._announce(stopped(known[1]))

    def typing_in(self, conversation_id: UUID, *, except_user_id: int) -> list[Typing]:
        """Return who types in a conversation now, for someone who has just joined it."""
        now = self._now()
        return [
            Typing(
                user_id=indicator.user_id,
                user_name=indicator.user_name,
                role=indicator.role,
                is_typing=True,
                expires_in_ms=max(1, round((deadline - now) * 1000)),
            )
            for state in (self._deadlines, self._elsewhere)
            for (where, user_id), (deadline, indicator) in state.items()
            if where == conversation_id and user_id != except_user_id and deadline > now
        ]

    async def run(self) -> None:
        """End what was silent for too long, until cancelled."""
        while True:
            if not self._deadlines and not self._elsewhere:
                self._some.clear()
                await self._some.wait()
            await asyncio.sleep(self._timeout_ms / 1000 / TICKS)
            now = self._now()
            for key in expired(self._elsewhere, now):
                del self._elsewhere[key]
            for conversation_id, user_id in expired(self._deadlines, now):
                self.stop(user_id, conversation_id)

    def _announce(self, indicator: TypingIndicator) -> None:
        self._rooms.signal(indicator.conversation_id, indicator, except_user_id=indicator.user_id)
        self.on_change.tell(indicator)

    def take_signal(self, signal: RoomSignal) -> None:
        """Note typing that another process has announced."""
        if signal.event != "typing_indicator":
            return
        indicator = json.decode(signal.payload, type=TypingIndicator)
        key = (indicator.conversation_id, indicator.user_id)
        self._elsewhere.pop(key, None)
        if indicator.is_typing:
            self._elsewhere[key] = (self._now() + indicator.expires_in_ms / 1000, indicator)
            self._some.set()
        self.on_change.tell(indicator)

    def entry_appended(self, conversation_id: UUID, sender_id: int, lane: Lane) -> None:
        """End the typing of someone who has written."""
        if lane is Lane.TEAM:
            return  # A note that somebody has written must not show in what the customer sees.
        self._elsewhere.pop((conversation_id, sender_id), None)
        self.stop(sender_id, conversation_id)

    def _started(self, identity: Identity, conversation_id: UUID) -> TypingIndicator:
        return TypingIndicator(
            conversation_id=conversation_id,
            user_id=identity.user_id,
            user_name=identity.name,
            role=identity.role,
            is_typing=True,
            expires_in_ms=round(self._timeout_ms * EXPIRES),
        )

    def _now(self) -> float:
        return monotonic()


def stopped(indicator: TypingIndicator) -> TypingIndicator:
    return structs.replace(indicator, is_typing=False, expires_in_ms=0)


def expired(state: dict[Key, tuple[float, TypingIndicator]], now: float) -> list[Key]:
    """Return the keys whose deadline has passed; they come first."""
    keys = []
    for key, (deadline, _) in state.items():
        if deadline > now:
            break
        keys.append(key)
    return keys
