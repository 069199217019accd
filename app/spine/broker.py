"""Hints and signals between the processes, over Redis pub/sub.

Nothing here is needed for correctness: a hint that is lost, doubled or late costs milliseconds, for the sweep finds
what it would have told. The point is to know when Redis is deaf, because then the sweep has to hurry. A stopped
Redis raises no error in a subscriber, so the broker sends itself a heartbeat and listens for it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from time import monotonic
from uuid import UUID

import msgspec
import structlog
from redis.exceptions import RedisError, ResponseError

from app.spine.hearers import Hearers
from app.spine.hints import Heartbeat, Hint, Hints, Notice, RoomSignal, decode, encode
from app.spine.log.entry import Appended
from app.spine.redis_state import RedisState, Trouble, trouble_of
from app.values.redis_address import RedisAddress

log = structlog.get_logger()

SHARDS = 16
"""Channels for the hints of conversations; every process subscribes to all of them at start."""
QUEUE = 10_000
"""Messages that may wait for Redis. The oldest are dropped: the sweep replaces them."""
BATCH = 500
"""Messages in one round trip."""
HINT_BYTES = 256 * 1024
"""Bytes at which a channel message is closed, far below Redis's limit for a slow subscriber."""
CONNECTIONS = 4
"""Connections to Redis for hints and presence; past them one waits for another, `PUBLISH_SECONDS` at most."""
PUBLISH_SECONDS = 0.2
HEARTBEAT_SECONDS = 0.2
"""Interval of heartbeats, short enough for a stopped Redis to be noticed, and swept for, within half a second."""
LOST = (RedisError, OSError, TimeoutError, RuntimeError)
"""Errors that mean Redis is unreachable; RuntimeError is uvloop's word for a connection that closes as it is used."""
SUSPECT_SECONDS = 1.5
"""Seconds without our own heartbeat after which Redis counts as deaf."""
PROBE_SECONDS = 1.0
"""Interval of test writes: a replica and a full Redis answer every question well, and take nothing."""
PROBE_MS = 5_000
"""Life of a test write."""
PERSISTENT_SECONDS = 1.0
"""Pause between two tries against a Redis that has said no; one that is away is tried more often."""
ALONE_SECONDS = 5.0
"""Seconds without any other process's heartbeat after which this one is alone; many would have come by then."""


class Broker:
    """This process's ear and voice on Redis."""

    def __init__(self, address: RedisAddress, *, process_id: bytes) -> None:
        self.process_id = process_id
        self.namespace = ""
        """Keeps installations that share a Redis apart; set before the broker runs."""
        self.epoch: Callable[[], str] = lambda: ""
        """The log that this process writes to."""
        # Two clients, for a stopped Redis must not make publishing wait where listening waits. No retries: what
        # fails is dropped, and the sweep is there.
        self.redis = address.client(
            connections=CONNECTIONS,
            wait_seconds=PUBLISH_SECONDS,
            connect_seconds=PUBLISH_SECONDS,
            answer_seconds=PUBLISH_SECONDS,
        )
        self.counter = address.client(connections=1, wait_seconds=1, connect_seconds=1, answer_seconds=1)
        """For the limits of all processes, whose questions may wait for a connection but never hold up a hint."""
        self._ear = address.client(connections=1, wait_seconds=1, connect_seconds=1, answer_seconds=None)
        self._queue: deque[tuple[str, bytes | Hint]] = deque(maxlen=QUEUE)
        self._awake = asyncio.Event()
        self._count = 0
        self._heard_at = float("-inf")
        self._others_heard_at = float("-inf")
        self.suspect = True
        """True while it is not proved that what we publish arrives. It comes early, and makes the sweep hurry."""
        self.state = RedisState()
        """The state of Redis as operators are told it, once it is sure."""
        self.dropped = 0
        """Messages that were not published, since the start."""
        self._error: BaseException | None = None
        """The last thing that went wrong since a heartbeat came back."""
        self._known = asyncio.Event()
        self.on_hints: Hearers[[list[Hint]]] = Hearers()
        self.on_signal: Hearers[[RoomSignal]] = Hearers()
        self.on_suspect: Hearers[[]] = Hearers()
        """Told when it is no longer sure that Redis hears us."""
        self.on_recovered: Hearers[[]] = Hearers()
        """Told when Redis is back, or has silently resubscribed us: what was published meanwhile is gone."""
        self.on_notice: defaultdict[str, Hearers[[bytes]]] = defaultdict(Hearers)
        """By topic."""

    def key(self, name: str) -> str:
        """Return the Redis key or channel `name` of this installation."""
        return f"fireside:{self.namespace}:{name}"

    def publish(self, batch: list[Appended]) -> None:
        """Tell the other processes of entries. Never waits, never fails."""
        if self._alone:
            return
        for appended in batch:
            conversation_id = appended.conversation_id
            hint = Hint(
                conversation_id.bytes,
                appended.lane,
                appended.seq,
                appended.entry.sender.id,
                appended.frame.payload,
            )
            self._queue.append((self._shard(conversation_id), hint))
        self._awake.set()

    def signal(
        self,
        conversation_id: UUID,
        event: str,
        payload: bytes,
        *,
        except_user_id: int = 0,
        of_user_id: int = 0,
    ) -> None:
        """Tell the other processes of a signal, or of a user's state, in a room. Never waits, never fails."""
        if self._alone:
            return
        signal = RoomSignal(
            self.process_id, conversation_id.bytes, except_user_id, event, payload, of_user_id
        )
        self._queue.append((self._shard(conversation_id), encode(signal)))
        self._awake.set()

    def notify(self, topic: str, body: bytes) -> None:
        """Hand `body` to the `topic` of the other processes. Never waits, never fails."""
        self._queue.append((self.key("all"), encode(Notice(self.process_id, topic, body))))
        self._awake.set()

    @property
    def _alone(self) -> bool:
        """Whether Redis works and no other process has been heard of for long: then nobody needs to be told.

        Should one be there all the same, its sweep finds what it was not told.
        """
        return not self.suspect and monotonic() - self._others_heard_at > ALONE_SECONDS

    def _shard(self, conversation_id: UUID) -> str:
        return self.key(str(conversation_id.bytes[-1] % SHARDS))

    async def speak(self) -> None:
        """Publish what is queued, many messages in one round trip, until cancelled."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            while self._queue:
                messages = self._take()
                try:
                    async with asyncio.timeout(PUBLISH_SECONDS):
                        pipeline = self.redis.pipeline(transaction=False)
                        for channel, message in messages:
                            pipeline.publish(channel, message)
                        await pipeline.execute()
                except LOST as error:
                    # Dropped on purpose; the next heartbeat that comes back tells that it was only a hiccup.
                    self.dropped += len(messages)
                    self._doubt(error)
                    await asyncio.sleep(HEARTBEAT_SECONDS / 5)

    def _take(self) -> list[tuple[str, bytes]]:
        """Take what is queued; the hints of one channel become one message."""
        messages: list[tuple[str, bytes]] = []
        hints: dict[str, list[Hint]] = {}
        size = 0
        for _ in range(min(BATCH, len(self._queue))):
            channel, message = self._queue.popleft()
            if isinstance(message, bytes):
                messages.append((channel, message))
                continue
            hints.setdefault(channel, []).append(message)
            size += len(message.payload)
            if size > HINT_BYTES:
                break
        messages.extend(
            (channel, encode(Hints(self.process_id, some, self.epoch()))) for channel, some in hints.items()
        )
        return messages

    async def beat(self) -> None:
        """Send heartbeats to ourselves and watch for them, until cancelled."""
        began_at = monotonic()
        while True:
            self._count += 1
            self._queue.append((self.key("all"), encode(Heartbeat(self.process_id, self._count))))
            self._awake.set()
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if monotonic() - max(self._heard_at, began_at) > SUSPECT_SECONDS:
                self._doubt(self._error)
                self.state.deaf.begin(self._error)
                self._known.set()

    async def probe(self) -> None:
        """Find out whether Redis takes what is written, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self.redis.set(self.key(f"probe:{self.process_id.hex()}"), 1, px=PROBE_MS)
            except ResponseError as error:
                self.state.refusing.begin(error)
            except LOST:
                pass  # The heartbeat tells that it is away.
            else:
                self.state.refusing.end()
            await asyncio.sleep(PROBE_SECONDS)

    def _doubt(self, error: BaseException | None) -> None:
        """Redis may be deaf, or gone: from now on the sweep hurries."""
        if error is not None:
            self._error = error
        if not self.suspect:
            self.suspect = True
            self.on_suspect.tell()

    async def listen(self) -> None:
        """Receive what the processes say, until cancelled; reconnect for ever."""
        while True:
            try:
                await self._listen()
            except LOST as error:
                log.debug("redis_lost", error=str(error))
                self._doubt(error)
                if trouble_of(error) != "away":
                    await asyncio.sleep(PERSISTENT_SECONDS)
            await asyncio.sleep(HEARTBEAT_SECONDS / 2)

    async def _listen(self) -> None:
        async with self._ear.pubsub() as pubsub:
            # Connecting waits for ever otherwise, for listening has no limit.
            async with asyncio.timeout(SUSPECT_SECONDS):
                await pubsub.subscribe(self.key("all"), *(self.key(str(shard)) for shard in range(SHARDS)))
            started_at = monotonic()
            while True:
                message = await pubsub.get_message(timeout=SUSPECT_SECONDS)
                if message is not None:
                    if message["type"] == "message":
                        self._receive(message["data"])
                    elif message["type"] == "subscribe" and not self.suspect:
                        # redis-py resubscribes without a word; this is the only trace that it did.
                        self.on_recovered.tell()
                elif monotonic() - max(self._heard_at, started_at) > SUSPECT_SECONDS:
                    # A connection that has been silent for that long is dead, whatever TCP thinks of it.
                    return

    def _receive(self, data: bytes) -> None:
        try:
            message = decode(data)
        except msgspec.MsgspecError:
            log.warning("hint_not_understood", bytes=len(data))
            return
        if isinstance(message, Heartbeat):
            if message.origin == self.process_id:
                self._heartbeat()
            else:
                self._others_heard_at = monotonic()
        elif message.origin == self.process_id:
            return
        elif isinstance(message, Hints):
            # A process that has not noticed yet may still be at the primary from before.
            if message.epoch in ("", self.epoch()):
                self.on_hints.tell(message.hints)
        elif isinstance(message, RoomSignal):
            self.on_signal.tell(message)
        elif message.topic in self.on_notice:
            self.on_notice[message.topic].tell(message.body)

    def _heartbeat(self) -> None:
        self._heard_at = monotonic()
        self._error = None
        self.state.deaf.end()
        if self.suspect:
            self.suspect = False
            if not self._known.is_set():
                log.info("redis_heard")
                self._known.set()
            self.on_recovered.tell()

    async def troubles(self) -> list[Trouble]:
        """Return what is wrong with Redis; right after the start, wait until that is known."""
        await self._known.wait()
        return self.state.troubles

    async def close(self) -> None:
        await self.redis.aclose()
        await self.counter.aclose()
        await self._ear.aclose()
