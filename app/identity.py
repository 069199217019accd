"""The identity that authentication ends in: all that later code needs to know of a person."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import Struct

Role = Literal["customer", "agent", "bot", "system"]
Surface = Literal["admin", "widget"]


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
