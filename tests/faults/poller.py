"""A tab whose network blocks WebSockets: it posts, and polls for what is new. It shares the outbox of another tab."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.faults.entries import entry_of
from tests.faults.history import Acked, Event, Followed, History, Place, Received, Sent
from tests.faults.http import ask
from tests.faults.outbox import Item, Outbox
from tests.faults.people import Person

WAIT_SECONDS = 2
POLL_SECONDS = 6.0
ANSWER_SECONDS = 12.0
AGAIN_SECONDS = 0.2
CONNECTION = "poll"
"""To the referee its polls are one connection, that never ends."""


class Poller:
    """A customer's; it follows one lane."""

    def __init__(self, name: str, person: Person, port: int, history: History) -> None:
        self.name = name
        self.person = person
        self.outbox = Outbox()
        self._place = person.places[0]
        self.positions: dict[Place, int] = {self._place: 0}
        self._port = port
        self._history = history
        self._some = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._path = f"/chat/conversations/{self._place[0]}"

    def start(self) -> None:
        self._note(Followed, place=self._place, since=0)
        self._tasks = [asyncio.create_task(self._poll()), asyncio.create_task(self._post())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def share(self, item: Item) -> None:
        """Send what another tab sends too."""
        self.outbox.put(item)
        self._some.set()

    async def _poll(self) -> None:
        while True:
            since = self.positions[self._place]
            path = f"{self._path}/events?since={since}&wait={WAIT_SECONDS}"
            status, body = await ask(self._port, path, token=self.person.token, seconds=POLL_SECONDS)
            if status != 200:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            for item in json.loads(body)["items"]:
                entry = entry_of(item)
                self._note(Received, entry=entry)
                self.positions[entry.place] = max(entry.seq, self.positions[entry.place])

    async def _post(self) -> None:
        while True:
            self._some.clear()
            while (item := self.outbox.take(self._place, 0)) is not None:
                await self._post_once(item)
            await self._some.wait()

    async def _post_once(self, item: Item) -> None:
        content = {"type": "text", "text": item.body}
        body = json.dumps({"client_msg_id": item.client_msg_id, "content": content}).encode()
        self._note(Sent, place=item.place, client_msg_id=item.client_msg_id, body=item.body)
        status, answer = await ask(
            self._port, f"{self._path}/messages", token=self.person.token, body=body, seconds=ANSWER_SECONDS
        )
        self.outbox.land(0, done=status in {200, 201})
        if status in {200, 201}:
            ack = json.loads(answer)
            self._note(
                Acked,
                place=item.place,
                client_msg_id=item.client_msg_id,
                seq=ack["seq"],
                message_id=ack["message_id"],
            )
        else:
            await asyncio.sleep(AGAIN_SECONDS)

    def _note(self, kind: type[Event], **fields: Any) -> None:
        who: dict[str, Any] = {"client": self.name, "user_id": self.person.user_id}
        self._history.add(kind, connection=CONNECTION, server="", **who, **fields)
