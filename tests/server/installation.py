"""An installation: a database, the processes on it, and the people who use it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import asyncpg
import httpx2

from app.people.tokens import sign_access_token
from app.protocol import Surface
from app.settings.variables import VARIABLES
from tests.server.processes import SERVE, Server

NO_LIMITS = dict.fromkeys((name for name in VARIABLES if name.startswith("LIMIT_")), "0")
JWT_SECRET = "a secret for tests that is long enough"


@dataclass(frozen=True)
class Person:
    """Someone with a token."""

    id: int
    name: str
    role: Literal["agent", "customer"]
    token: str
    conversation_id: str = ""
    """A customer's own."""

    @property
    def surface(self) -> Surface:
        return "admin" if self.role == "agent" else "widget"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Installation:
    database_url: str
    redis_url: str
    directory: Path
    environment: dict[str, str] = field(default_factory=dict)
    inbox_key: str = ""
    servers: list[Server] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a process on this installation, and nothing that it can do without."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "JWT_SECRET": JWT_SECRET,
            "WEBSOCKET_PORT": "0",
        }

    def start(
        self, *, under: Sequence[str] = (), program: Sequence[str] = SERVE, **environment: str
    ) -> Server:
        """Start another process; it serves when its `url` is known. `under` is a command that runs it."""
        server = Server(
            {
                **self.variables,
                "LOG_FORMAT": "json",
                "DRAIN_SECONDS": "0.2",
                **NO_LIMITS,
                **self.environment,
                **environment,
            },
            self.directory,
            under=under,
            program=program,
        )
        self.servers.append(server)
        return server

    @contextmanager
    def alone(self, **environment: str) -> Iterator[Server]:
        """Start a process for one test, which may stop or break it."""
        server = self.start(**environment)
        assert server.url
        yield server
        self.servers.remove(server)
        server.kill()

    async def sql(self, statement: str, *arguments: object) -> Any:
        """Run a statement behind the servers' back; return its first value."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async def rows(self, statement: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return [tuple(row) for row in await connection.fetch(statement, *arguments)]
        finally:
            await connection.close()

    async def inbox(self, name: str, *, origins: tuple[str, ...] = ()) -> str:
        """Make an inbox and return its key."""
        key = f"key-{name}"
        await self.sql(
            "insert into inboxes (key, name, origins, identity_secret) values ($1, $2, $3, 'secret')",
            key,
            name,
            list(origins),
        )
        return key

    async def agent(self, name: str = "Ada", *, is_admin: bool = False, seconds: int = 900) -> Person:
        """Make an agent with an access token for `seconds`. A password takes long to hash and is not needed."""
        user_id = await self.sql(
            "insert into users (role, name, email, is_admin) values ('agent', $1, $2, $3) returning id",
            name,
            f"agent{next(self._numbers)}@example.com",
            is_admin,
        )
        return Person(user_id, name, "agent", access_token(user_id, seconds=seconds))

    async def customer(self, server: Server | None = None) -> Person:
        """Let a customer come in."""
        self.inbox_key = self.inbox_key or await self.inbox("Shop")
        async with httpx2.AsyncClient(base_url=(server or self.servers[0]).url) as http:
            response = await http.post("/chat/sessions", json={"inbox": self.inbox_key})
        assert response.status_code == 201, response.text
        session = response.json()
        user = session["user"]
        return Person(
            user["id"], user["name"], "customer", session["session_token"], session["conversation_id"]
        )


def access_token(user_id: int, *, seconds: int = 900, secret: str = JWT_SECRET) -> str:
    return sign_access_token(user_id, None, secret=secret, seconds=seconds).token
