"""One tab of one person: it sends, receives, comes back, and notes all of it for the referee."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.faults.entries import entry_of
from tests.faults.history import (
    Acked,
    Closed,
    Entry,
    Event,
    Followed,
    History,
    Marked,
    Opened,
    Place,
    Reading,
    Received,
    Refused,
    Sent,
    Signalled,
)
from tests.faults.inbox import Inbox
from tests.faults.line import Line
from tests.faults.outbox import Item, Outbox
from tests.faults.people import PUBLIC, TEAM, Person
from tests.wires import HttpVersion

ANSWER_SECONDS = 15.0
"""Longer than the server takes for any answer, be it `timeout`: after that the connection is given up."""
AGAIN_SECONDS = 0.2
"""Before a request that was refused for the moment is repeated, where the server does not say when."""
GONE = 1001
ALMOST_IDLE_MS = 298_000
"""Two seconds before an agent counts as idle."""
LONG_IDLE_MS = 600_000
MOST_RESUMED = 60
"""Conversations in a first frame, which may have 8 KiB; the rest are joined."""
ENTRIES = {"message_received", "message_edited", "message_deleted", "reaction_changed", "conversation_event"}


class Client:
    def __init__(
        self,
        name: str,
        person: Person,
        port: int,
        history: History,
        rng: random.Random,
        server_of: Callable[[int], str],
        http: HttpVersion = "http/1.1",
    ) -> None:
        self.name = name
        self.person = person
        self.positions: dict[Place, int] = {}
        self.foreign: str | None = None
        """Somebody else's conversation, which is asked for at every resume."""
        self.presences: list[tuple[int, str]] = []
        """Presence of others that it was told: user and status, the newest last."""
        self.seen: dict[int, tuple[int, str]] = {}
        """The newest presence of others: its version, and the status."""
        self.marks: dict[Place, int] = {}
        """How far it has said to have read each lane."""
        self.put_back: str | None = None
        """The conversation that it is putting back as unread."""
        self.ends_at: float | None = None
        """The end of the status that this agent has chosen, in Unix time."""
        self.is_idle: bool | None = None
        """Whether an agent has given no input for long; None where they tell nothing of it."""
        self._chosen = "automatic"
        self.is_chosen = True
        """Whether that was acked."""
        self.inbox = Inbox(port, person.token) if person.surface == "admin" else None
        """An agent's list of conversations."""
        self.outbox = Outbox()
        self.http = http
        self.is_away = False
        """Whether it has left, to come back later."""
        self._port = port
        self.line = Line(self, person.surface, port, rng, http)
        self._history = history
        self._rng = rng
        self._server_of = server_of
        self._connection, self.server = "", ""
        self._next_id = 0
        self._joins: dict[int, str] = {}
        self._follows: tuple[int, str | None] = 0, None
        """The request to follow the list that is not answered yet, and the cursor in it."""
        self._chooses = 0
        """The request to set the status."""
        self._puts_back = 0
        """The request to put a conversation back."""
        self._read_versions: dict[str, int] = {}
        """The version of what was put back, as it was known when each conversation was read."""
        self._trespasses: dict[int, Item] = {}
        self._lost_at: float | None = None
        self._timers: set[asyncio.TimerHandle] = set()

    def start(self) -> None:
        self.line.start()

    async def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        if self.inbox is not None:
            self.inbox.lose()
        await self.line.stop()

    async def leave(self) -> None:
        """Close the tab, until `come`; what it knows stays."""
        self.is_away = True
        await self.line.stop()
        self.closed(GONE, "left")

    def come(self) -> None:
        self.is_away = False
        self.line = Line(self, self.person.surface, self._port, self._rng, self.http)
        self.start()

    # --- what a run asks of it

    def say(self, place: Place, body: str, client_msg_id: str | None = None) -> str:
        """Put a message into the outbox; return its id, under which another tab may send it too."""
        item = Item(place, client_msg_id or str(uuid.UUID(int=self._rng.getrandbits(128), version=4)), body)
        self.outbox.put(item)
        self._flush(place)
        return item.client_msg_id

    def type_something(self, conversation_id: str) -> None:
        self.line.send({"type": "typing_start", "conversation_id": conversation_id})

    def read(self, conversation_id: str) -> None:
        """Mark as read what has come. As in a browser, the mark is sent again after every join."""
        if not self.line.is_open:
            return
        if self.inbox is not None:
            self._read_versions[conversation_id] = self.inbox.readings.get(conversation_id, Reading()).version
        for place in self.person.places:
            seq = self.positions.get(place, 0)
            if place[0] == conversation_id and seq > self.marks.get(place, 0):
                self.marks[place] = seq
                self._note(Marked, place=place, seq=seq)
        self._mark(conversation_id)

    def _mark(self, conversation_id: str) -> None:
        for place, seq in self.marks.items():
            if place[0] == conversation_id:
                lane = {"lane": "team"} if place[1] == TEAM else {}
                # As in a browser, a mark that is told again has read nothing that was put back since.
                version = self._read_versions.get(conversation_id, 0)
                told = {"conversation_id": conversation_id, "seq": seq, "version": version}
                self.line.send({"type": "mark_read", **told, **lane})

    def unread(self, conversation_id: str) -> None:
        """Put a conversation back as unread, over as many connections as that takes."""
        if self.put_back is None:
            self.put_back = conversation_id
            self._put_back()

    def _put_back(self) -> None:
        if self.put_back is not None:
            self._puts_back = self._ask("mark_unread", conversation_id=self.put_back, seq=1)

    @property
    def has_ended(self) -> bool:
        """Whether no end of a status is still to come."""
        return self.ends_at is None or self.ends_at <= time.time()

    @property
    def status(self) -> str:
        """The status that an agent must have while this tab is there."""
        chosen = "automatic" if self.ends_at is not None and self.has_ended else self._chosen
        if chosen != "automatic":
            return chosen
        return "away" if self.is_idle else "online"

    def choose(self, status: str, *, seconds: float | None = None) -> None:
        """Choose a status, over as many connections as that takes. One that is not settled yet stands."""
        if self.is_chosen:
            self._chosen, self.is_chosen = status, False
            self.ends_at = None if seconds is None else time.time() + seconds
            self._choose()

    def rest(self) -> None:
        """Give no input any more; nothing is said of it, so only whoever never gave any can begin here."""
        if self.is_idle is None:
            self.is_idle = True
            self.line.send({"type": "active", "ago_ms": ALMOST_IDLE_MS})

    def stir(self) -> None:
        """Give input, and go on giving it."""
        self.is_idle = False
        self.line.send({"type": "active"})

    def _choose(self) -> None:
        if not self.is_chosen:
            until = self.ends_at and datetime.fromtimestamp(self.ends_at, UTC).isoformat()
            self._chooses = self._ask("set_presence", status=self._chosen, until=until)

    def trespass(self, place: Place) -> None:
        """Try every way into what this person may not see. The referee notices if one of them leads in."""
        conversation_id, lane = place
        where = {"conversation_id": conversation_id, "lane": "team" if lane == TEAM else "public"}
        if conversation_id not in {mine for mine, _ in self.person.places}:
            self._joins[self._ask("join_conversation", **where, since=0)] = conversation_id
            self.line.send({"type": "typing_start", **where})
            self.line.send({"type": "mark_read", **where, "seq": 1})
        self._ask("sync", **where, since=0)
        item = Item(place, str(uuid.uuid4()), "let me in")
        self._note(Sent, place=place, client_msg_id=item.client_msg_id, body=item.body)
        self._trespasses[self._send(item)] = item

    def presence_of(self, other: Client) -> str | None:
        """Return what it was last told of somebody's presence."""
        told = [status for user_id, status in self.presences if user_id == other.person.user_id]
        return told[-1] if told else None

    @property
    def sight(self) -> dict[int, str]:
        """The status of everyone of whom this tab knows: as it was told, or else as the list had it."""
        rows = self.inbox.online if self.inbox is not None else {}
        shown = {user_id: "online" if online else "offline" for user_id, online in rows.items()}
        return shown | {user_id: status for user_id, (_, status) in self.seen.items()}

    # --- what its line asks of it

    def credentials(self) -> dict[str, Any]:
        first = {"type": "authenticate", "id": 0, "token": self.person.token, "v": 1}
        self._connection = uuid.uuid4().hex[:8]
        self.server = self._server_of(self.line.near_port)
        return {**first, "resume": self._resume()} if self.positions else first

    def opened(self, frame: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        away = None if self._lost_at is None else loop.time() - self._lost_at
        self._lost_at = None
        self._connection = frame["connection_id"]
        self._note(Opened, away_seconds=away, http=self.http)
        resumed = {
            conversation_id
            for conversation_id, found in frame.get("conversations", {}).items()
            if found["status"] == "ok"
        }
        for conversation_id in resumed:
            self._follow(conversation_id)
        for conversation_id in {conversation for conversation, _ in self.person.places} - resumed:
            self._join(conversation_id)
        if self.inbox is not None:
            since = self.inbox.since
            self._follows = self._ask("follow_inbox", since=since), since
        self._choose()
        self._put_back()
        if self.is_idle is not None:
            # As a browser does after each connecting.
            self.line.send({"type": "active", "ago_ms": LONG_IDLE_MS if self.is_idle else 0})
        for place in self.outbox.places:
            self._flush(place)

    def received(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind in ENTRIES:
            self._apply(entry_of(frame))
        elif kind == "ack":
            self._acked(frame)
        elif kind == "error":
            self._refused(frame)
        elif kind == "presence_update":
            self._see(frame)
        elif kind == "inbox_cursor":
            if self.inbox is not None:
                self.inbox.cursor = frame["cursor"]
        elif "conversation_id" in frame:
            if kind == "read_state" and self.inbox is not None:
                self.inbox.take_reading(frame)
            self._note(Signalled, conversation_id=frame["conversation_id"], type=kind)
        elif "conversation" in frame:
            if self.inbox is not None:
                self.inbox.take(frame["conversation"])
            self._note(Signalled, conversation_id=frame["conversation"]["id"], type=kind)

    def closed(self, code: int, reason: str) -> None:
        if self._lost_at is None:
            self._lost_at = asyncio.get_running_loop().time()
        self._note(Closed, code=code, reason=reason)
        self.outbox.forget_flights()
        self._joins.clear()
        self._trespasses.clear()
        if self.inbox is not None:
            self.inbox.lose()

    # --- following

    def _resume(self) -> dict[str, dict[str, int]]:
        resume: dict[str, dict[str, int]] = {} if self.foreign is None else {self.foreign: {"since": 0}}
        for (conversation_id, lane), position in self.positions.items():
            if conversation_id not in resume and len(resume) == MOST_RESUMED:
                continue
            resume.setdefault(conversation_id, {})["team_since" if lane == TEAM else "since"] = position
        return resume

    def _join(self, conversation_id: str) -> None:
        since = self.positions.get((conversation_id, PUBLIC), 0)
        team_since = self.positions.get((conversation_id, TEAM), 0)
        request_id = self._ask(
            "join_conversation", conversation_id=conversation_id, since=since, team_since=team_since
        )
        self._joins[request_id] = conversation_id

    def _follow(self, conversation_id: str) -> None:
        mine = [place for place in self.person.places if place[0] == conversation_id]
        for place in mine or [(conversation_id, PUBLIC)]:
            self._note(Followed, place=place, since=self.positions.setdefault(place, 0))
        self._mark(conversation_id)

    def _see(self, presence: dict[str, Any]) -> None:
        user_id, status, version = presence["user_id"], presence["status"], presence["version"]
        self.presences.append((user_id, status))
        if version >= self.seen.get(user_id, (0, ""))[0]:
            self.seen[user_id] = version, status

    def _apply(self, entry: Entry) -> None:
        self._note(Received, entry=entry)
        self.positions[entry.place] = max(entry.seq, self.positions.get(entry.place, 0))

    # --- asking and being answered

    def _ask(self, kind: str, **fields: Any) -> int:
        self._next_id += 1
        self.line.send({"type": kind, "id": self._next_id, **fields})
        return self._next_id

    def _send(self, item: Item) -> int:
        conversation_id, lane = item.place
        return self._ask(
            "send_message",
            conversation_id=conversation_id,
            client_msg_id=item.client_msg_id,
            content={"type": "text", "text": item.body},
            lane="team" if lane == TEAM else "public",
        )

    def _flush(self, place: Place) -> None:
        if not self.line.is_open or self.line.is_leaving:
            return
        item = self.outbox.take(place, self._next_id + 1)
        if item is not None:
            self._note(Sent, place=place, client_msg_id=item.client_msg_id, body=item.body)
            self._later(ANSWER_SECONDS, self._give_up, self._send(item), self._connection)

    def _acked(self, frame: dict[str, Any]) -> None:
        request_id = frame["re"]
        if self.inbox is not None and request_id == self._follows[0]:
            if frame["status"] == "reset":
                # Of customers the rows will tell.
                self.seen.clear()
            self.inbox.followed(frame, self._follows[1])
        if request_id == self._chooses:
            self.is_chosen = True
        if request_id == self._puts_back:
            self.put_back = None
        if request_id in self._joins:
            self._follow(self._joins.pop(request_id))
            for one in frame["presence"]:
                self._see(one)
        item = self._trespasses.pop(request_id, None) or self.outbox.land(request_id, done=True)
        if item is not None:
            self._note(
                Acked,
                place=item.place,
                client_msg_id=item.client_msg_id,
                seq=frame["seq"],
                message_id=frame["message_id"],
            )
            self._flush(item.place)

    def _refused(self, frame: dict[str, Any]) -> None:
        request_id, retryable = frame.get("re", 0), frame["retryable"]
        after = frame.get("retry_after_ms", AGAIN_SECONDS * 1000) / 1000
        if (conversation_id := self._joins.pop(request_id, None)) is not None and retryable:
            self._later(after, self._join_again, conversation_id, self._connection)
        if self._trespasses.pop(request_id, None) is not None:
            return
        if request_id in {self._follows[0], self._chooses, self._puts_back}:
            self._later(after, self._ask_again, request_id, self._connection)
        item = self.outbox.land(request_id, done=not retryable)
        if item is not None:
            self._note(
                Refused,
                place=item.place,
                client_msg_id=item.client_msg_id,
                code=frame["code"],
                retryable=retryable,
            )
            self._later(after, self._flush, item.place)

    def _join_again(self, conversation_id: str, connection: str) -> None:
        mine = {conversation for conversation, _ in self.person.places}
        if connection == self._connection and conversation_id in mine:
            self._join(conversation_id)

    def _ask_again(self, request_id: int, connection: str) -> None:
        if connection != self._connection:
            return
        if request_id == self._chooses:
            self._choose()
        elif self.inbox is not None:
            since = self.inbox.since
            self._follows = self._ask("follow_inbox", since=since), since

    def _give_up(self, request_id: int, connection: str) -> None:
        if connection == self._connection and self.outbox.is_in_flight(request_id):
            self.line.drop()

    def _later(self, seconds: float, call: Callable[..., None], *arguments: Any) -> None:
        def run() -> None:
            self._timers.discard(timer)
            call(*arguments)

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    def _note(self, kind: type[Event], **fields: Any) -> None:
        self._history.add(
            kind,
            client=self.name,
            user_id=self.person.user_id,
            connection=self._connection,
            server=self.server,
            **fields,
        )
