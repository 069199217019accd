"""The identity that authentication ends in: all that later code needs to know of a person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
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
    """When the token ends, in seconds since the epoch; None where it is checked in the store instead."""

    @property
    def is_agent(self) -> bool:
        return self.role == "agent"


class ApiKey(Struct, frozen=True):
    id: int
    name: str


class Authenticator(Protocol):
    """What checks tokens, for sockets and REST alike.

    Each method raises `AuthFailed`, or `TokenExpired`, where the token is not good.
    """

    async def agent(self, token: str) -> Identity: ...
    async def customer(self, token: str) -> Identity: ...
    async def anyone(self, token: str) -> Identity | ApiKey:
        """Return whose token it is: an agent's, a customer's, or a backend's."""

    async def revoked(self, identities: Collection[Identity]) -> set[Identity]:
        """Return those who may no longer be here."""
