"""The one who asks, as authentication finds it: a person, or a backend."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from msgspec import Struct

from app.protocol import Role


class Identity(Struct, frozen=True, kw_only=True):
    """A user whose token was good."""

    user_id: int
    role: Role
    name: str
    is_admin: bool = False
    session_id: int | None = None
    """The customer's session, by which it is revoked; agents have none."""
    family: UUID | None = None
    """The agent's sign-in, which ends when they sign out; customers have none."""
    expires_at: float | None = None
    """The token's end, in seconds since the epoch; None where the store is asked instead."""

    @property
    def is_agent(self) -> bool:
        return self.role == "agent"

    @property
    def kind(self) -> ReaderKind:
        return self.role

    @property
    def id(self) -> int:
        return self.user_id

    @property
    def sees_team(self) -> bool:
        """Whether notes, and who of the team has read what, are for them."""
        return self.is_agent


class ApiKey(Struct, frozen=True):
    """A backend, which reads what the team reads and has no name to write under."""

    id: int
    name: str

    @property
    def kind(self) -> ReaderKind:
        return "api_key"

    @property
    def sees_team(self) -> bool:
        return True


ReaderKind: TypeAlias = Role | Literal["api_key"]
Reader: TypeAlias = Identity | ApiKey
"""Somebody who sees conversations; `kind` and `id` are what `visible()` in Postgres is asked with."""


class Authenticator(Protocol):
    """The check of tokens, for sockets and REST alike.

    Each method raises `AuthFailed`, or `TokenExpired`, where the token is not good.
    """

    async def agent(self, token: str) -> Identity: ...
    async def customer(self, token: str) -> Identity: ...
    async def anyone(self, token: str) -> Reader:
        """Return whose token it is: an agent's, a customer's, or a backend's."""

    async def revoked(self, identities: Collection[Identity]) -> set[Identity]:
        """Return those who may no longer be here."""
