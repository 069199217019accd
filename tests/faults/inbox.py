"""The list of conversations as an agent's tab knows it: read once it is followed, and kept up to date by what comes.

After a reconnect it goes on from its cursor, and is read again only when the server says so.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import asyncpg

from tests.faults.history import Reading, Row
from tests.faults.http import ask

AGAIN_SECONDS = 0.2
PAGE = 100


class Inbox:
    """Of each row the one with the largest version, in whatever order they come."""

    def __init__(self, port: int, token: str) -> None:
        self.rows: dict[str, Row] = {}
        self.is_read = False
        """Whether it was read, or resumed, since the connection began."""
        self.was_read = False
        """Whether it was read at all, so that a cursor is enough to go on."""
        self.readings: dict[str, Reading] = {}
        """What this agent has read, by conversation."""
        self.online: dict[int, bool] = {}
        """Customers, as the rows had them."""
        self.cursor: str | None = None
        """How far it has been told."""
        self.resumed = 0
        """How often it went on from its cursor."""
        self._port = port
        self._token = token
        self._reading: asyncio.Task[None] | None = None

    def take(self, shown: dict[str, Any]) -> None:
        row = row_of(shown)
        known = self.rows.get(shown["id"])
        if known is None or known.version < row.version:
            self.rows[shown["id"]] = row
            self.online[shown["customer"]["id"]] = shown["customer"]["online"]

    def take_reading(self, told: dict[str, Any]) -> None:
        """Take what the agent has read: marks only grow, and of what was put back the larger version counts."""
        known = self.readings.get(told["conversation_id"], Reading())
        newer = known if known.version > told["version"] else reading_of(told)
        self.readings[told["conversation_id"]] = Reading(
            max(known.read_seq, told["read_seq"]),
            max(known.team_read_seq, told["team_read_seq"]),
            newer.unread_from,
            newer.version,
        )

    @property
    def since(self) -> str | None:
        """The cursor to give back, of a list that was read to its end."""
        return self.cursor if self.was_read else None

    def followed(self, answer: dict[str, Any], since: str | None) -> None:
        """Take the answer to the request to follow."""
        if since is not None and answer["status"] == "ok":
            self.is_read = True
            self.resumed += 1
            return
        self.was_read, self.cursor = False, answer.get("cursor")
        self.rows.clear()
        self.readings.clear()
        self.read()

    def read(self) -> None:
        """Read what was there before it was followed, as often as that takes."""
        self.lose()
        self._reading = asyncio.create_task(self._read())

    def lose(self) -> None:
        """The connection is gone: what changes now is not told."""
        self.is_read = False
        if self._reading is not None:
            self._reading.cancel()

    async def _read(self) -> None:
        before: str | None = ""
        while before is not None:
            path = f"/chat/conversations?limit={PAGE}" + (f"&before={before}" if before else "")
            status, body = await ask(self._port, path, token=self._token)
            if status != 200:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            page = json.loads(body)
            for shown in page["items"]:
                self.take(shown)
            before = page["next"]
        await self._read_readings()
        self.is_read = self.was_read = True

    async def _read_readings(self) -> None:
        ids = list(self.rows)
        while ids:
            path = f"/chat/read-states?conversation_ids={','.join(ids[:PAGE])}"
            status, body = await ask(self._port, path, token=self._token)
            if status != 200:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            for told in json.loads(body)["items"]:
                self.take_reading(told)
            del ids[:PAGE]


def reading_of(told: Mapping[str, Any]) -> Reading:
    return Reading(told["read_seq"], told["team_read_seq"], told["unread_from"], told["version"])


def row_of(shown: dict[str, Any]) -> Row:
    return Row(
        version=shown["version"],
        status=shown["status"],
        last_seq=shown["last_seq"],
        team_last_seq=shown["team_last_seq"],
        unread=shown["unread"],
        customer=shown["customer"]["name"],
        assignee=shown["assignee"] and shown["assignee"]["id"],
        last_message=shown["last_message"]
        and (shown["last_message"]["seq"], shown["last_message"]["content"].get("text", "")),
    )


async def select_rows(connection: asyncpg.Connection) -> dict[str, Row]:
    """Return the list as Postgres has it."""
    rows = await connection.fetch(
        """
        select c.id::text, h.version, c.status, h.last_seq, h.team_last_seq, h.unread, u.name, c.assignee_id,
               m.seq, m.body::jsonb ->> 'text' as text
          from conversations c
          join conversation_heads h on h.conversation_id = c.id
          join users u on u.id = c.customer_id
          left join entries m on m.conversation_id = c.id and m.lane = 0 and m.seq = h.last_message_seq
         where h.last_seq > 0 or h.team_last_seq > 0
        """
    )
    return {
        row["id"]: Row(
            version=row["version"],
            status=row["status"],
            last_seq=row["last_seq"],
            team_last_seq=row["team_last_seq"],
            unread=row["unread"],
            customer=row["name"],
            assignee=row["assignee_id"],
            last_message=None if row["seq"] is None else (row["seq"], row["text"] or ""),
        )
        for row in rows
    }
