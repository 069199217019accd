"""The identity that authentication ends in: all that later code needs to know of a person."""

from __future__ import annotations

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
