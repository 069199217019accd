"""A client of the protocol: it says what it is told to and remembers all that it hears.

Nothing here waits for a time to pass: a test waits for an event, and `fence` tells that all which the server has sent
so far has been heard.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.wires import Wire, WireClosed

Event = dict[str, Any]
PATIENCE_SECONDS = 20.0
"""Past this, what a test waits for will not come."""
ENTRIES = {"message_received", "message_edited", "message_deleted", "reaction_changed", "conversation_event"}


class Refused(Exception):
    """A request was answered with an error."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"{event['code']}: {event['message']}")
        self.code: str = event["code"]
        self.event = event


class Client:
    """One socket of one person."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.seen: list[Event] = []
        """Everything that was heard, in order."""
        self.close_code: int | None = None
        self.close_reason = ""
        self.answers_pings = True
        self.welcome: Event = {}
        """The answer to the authentication."""
        self._unclaimed: list[Event] = []
        self._pongs: set[asyncio.Task[None]] = set()
        self._ids = itertools.count(1)
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                event = json.loads(await self.wire.receive())
                self.seen.append(event)
                self._unclaimed.append(event)
                self._news.set()
                if event["type"] == "ping" and self.answers_pings:
                    # A task, for who waits to write must go on reading.
                    pong = asyncio.create_task(self.say("pong", t=event["t"]))
                    self._pongs.add(pong)
                    pong.add_done_callback(self._pongs.discard)
        except WireClosed as closed:
            self.close_code, self.close_reason = closed.code, closed.reason
            self._news.set()

    # --- saying

    async def say(self, type: str, **fields: Any) -> None:
        """Send an event, and wait for nothing."""
        await self.wire.send(json.dumps({"type": type, **fields}, ensure_ascii=False))

    async def ask(self, type: str, **fields: Any) -> Event:
        """Send a request and return its `ack`.

        Raises:
            Refused: It was answered with an error.
        """
        request_id = next(self._ids)
        await self.say(type, id=request_id, **fields)
        return await self.answer(request_id)

    async def answer(self, request_id: int | str) -> Event:
        """Return the answer to a request that was sent."""
        event: Event = await self.until(
            lambda: self._claim(lambda event: event.get("re") == request_id), f"the answer to {request_id}"
        )
        if event["type"] == "error":
            raise Refused(event)
        return event

    async def refusal(self, type: str, **fields: Any) -> str:
        """Send a request that is refused, and return the error's code."""
        try:
            answer = await self.ask(type, **fields)
        except Refused as refused:
            return refused.code
        raise AssertionError(f"{type} was granted: {answer}")

    async def authenticate(self, token: str, **fields: Any) -> Event:
        self.welcome = await self.ask("authenticate", **{"token": token, "v": 1, **fields})
        return self.welcome

    async def join(self, conversation_id: str, **since: int) -> Event:
        return await self.ask("join_conversation", conversation_id=conversation_id, **since)

    async def leave(self, conversation_id: str) -> Event:
        return await self.ask("leave_conversation", conversation_id=conversation_id)

    async def send_message(self, conversation_id: str, text: str = "Hello", **fields: Any) -> Event:
        return await self.ask("send_message", **message(conversation_id, text, **fields))

    # --- hearing

    async def expect(self, type: str, **fields: Any) -> Event:
        """Return the first event of this type with these fields that no one has asked for yet; wait for it."""

        def fits(event: Event) -> bool:
            return event["type"] == type and all(event.get(name) == value for name, value in fields.items())

        event: Event = await self.until(lambda: self._claim(fits), f"{type} {fields}")
        return event

    async def until(self, condition: Callable[[], Any], what: str = "that") -> Any:
        """Return what `condition` gives, as soon as it is true; it is asked again whenever something was heard."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (result := condition()):
                    if self.close_code is not None:
                        raise AssertionError(
                            f"closed with {self.close_code} {self.close_reason!r} while waiting for {what}"
                        )
                    self._news.clear()
                    await self._news.wait()
                return result
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; unclaimed: {self._unclaimed[-20:]}") from None

    def _claim(self, fits: Callable[[Event], bool]) -> Event | None:
        for index, event in enumerate(self._unclaimed):
            if fits(event):
                return self._unclaimed.pop(index)
        return None

    async def fence(self) -> None:
        """Return when all that the server has sent so far was heard."""
        mark = str(uuid4())
        await self.say("ping", t=mark)
        await self.expect("pong", t=mark)

    async def closed(self) -> int:
        """Wait for the end and return its code; 1006 is an end without a close frame."""
        if self._reader.cancelled():
            self.read_on()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._reader
        assert self.close_code is not None
        return self.close_code

    def heard(self, type: str, **fields: Any) -> list[Event]:
        """Return all events of this type with these fields, asked for or not."""
        return [
            event
            for event in self.seen
            if event["type"] == type and all(event.get(name) == value for name, value in fields.items())
        ]

    # --- the log

    def entries(self, conversation_id: str, lane: str = "public") -> list[Event]:
        """Return the entries of a lane in the order in which they came."""
        return [
            event
            for event in self.seen
            if event["type"] in ENTRIES
            and event["conversation_id"] == conversation_id
            and event.get("lane", "public") == lane
        ]

    def seqs(self, conversation_id: str, lane: str = "public") -> list[int]:
        return [entry["seq"] for entry in self.entries(conversation_id, lane)]

    async def reach(self, conversation_id: str, seq: int, lane: str = "public") -> list[int]:
        """Wait until the lane has come to `seq`; return all that came of it."""
        await self.until(lambda: seq in self.seqs(conversation_id, lane), f"seq {seq} of {lane}")
        return self.seqs(conversation_id, lane)

    # --- reading

    async def stop_reading(self) -> None:
        """Take nothing more from the wire, until `read_on`."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    def read_on(self) -> None:
        self._reader = asyncio.create_task(self._read())

    # --- ending

    async def close(self) -> None:
        await self.wire.close()
        await self._reader

    def cut(self) -> None:
        """End it as a broken line does, without a word."""
        self.wire.abort()


def message(
    conversation_id: str, text: str = "Hello", *, client_msg_id: str | None = None, **fields: Any
) -> Event:
    """Return the fields of a `send_message`."""
    return {
        "conversation_id": conversation_id,
        "client_msg_id": client_msg_id or str(uuid4()),
        "content": {"type": "text", "text": text},
        **fields,
    }


async def closed_patiently(client: Client) -> int:
    """Wait for the end of a connection that is alive until then, however long that takes; return its code."""
    while client.close_code is None:
        await client.until(lambda: client.close_code is not None or client.heard("ping"))
        client.seen.clear()
    return client.close_code
