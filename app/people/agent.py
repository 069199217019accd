"""An agent: a person with a password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Agent(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    email: str
    is_admin: bool


def agent_of(row: Mapping[str, Any]) -> Agent:
    return Agent(id=row["id"], name=row["name"], email=row["email"], is_admin=row["is_admin"])
