"""The team as a customer sees it: names, whether someone is there, and how far the team has read.

The team keeps to itself who has looked in, who has read, what agents call their status, and when they left.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import time

from msgspec import structs

from app.protocol import AgentHere, Mark, Presence
from app.spine.identity import Identity

TEAM = 0
"""User of the team's common mark; nobody has this id."""


def is_here(presence: Presence) -> bool:
    """Tell whether an agent is there for customers; away is not."""
    return presence.status in {"online", "busy"}


def agent_here(presence: Presence) -> AgentHere:
    """Return what a customer sees of an agent's presence.

    Its version is the time of telling: that of the change would say when an agent has left.
    """
    return AgentHere(
        user_id=presence.user_id,
        role=presence.role,
        name=presence.name,
        status="online" if is_here(presence) else "offline",
        version=int(time() * 1000),
    )


def team_mark(marks: Iterable[Mark]) -> Mark:
    """Return how far the team has received and read, whoever of them."""
    team = [mark for mark in marks if mark.role == "agent"]
    return Mark(
        TEAM,
        "agent",
        max((mark.delivered_seq for mark in team), default=0),
        max((mark.read_seq for mark in team), default=0),
    )


def marks_for(identity: Identity, marks: list[Mark]) -> list[Mark]:
    """Return the marks of a conversation as this identity sees them: a customer their own, and the team's as one."""
    if identity.is_agent:
        return marks
    team = team_mark(marks)
    return [*(mark for mark in marks if mark.role == "customer"), *([team] if team.delivered_seq else [])]


def grown(before: Mark, receipt: Mark) -> Mark:
    """Return the team's mark with what one agent has received and read."""
    return structs.replace(
        before,
        delivered_seq=max(before.delivered_seq, receipt.delivered_seq),
        read_seq=max(before.read_seq, receipt.read_seq),
    )
