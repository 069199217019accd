"""A change of a conversation as the entries that tell of it, and as the change that takes it back. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

from app.desk.labels.label import MOST_ON_A_CONVERSATION, LabelRow
from app.errors import Invalid
from app.protocol import (
    Assigned,
    Conversation,
    ConversationStatus,
    Happening,
    LabelName,
    LabelsChanged,
    Priority,
    PriorityChanged,
    RowId,
    Seq,
    Snoozed,
    StatusChanged,
    TeamChanged,
    TeamName,
    Woken,
)
from app.protocol.wire import Relations
from app.spine.log.entry import Lane

LABELS = 100
"""Labels in one change."""
ZONE = r"^[A-Za-z0-9_+/-]+$(?!\n)"


class ConversationChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    status: ConversationStatus | UnsetType = UNSET
    assignee_id: RowId | UnsetType | None = UNSET
    team_id: RowId | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    add_labels: Annotated[list[RowId], Meta(max_length=LABELS)] = []
    remove_labels: Annotated[list[RowId], Meta(max_length=LABELS)] = []
    snoozed_until: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET
    """With `status: snoozed`, and with the offset of the agent's zone; null or left out: until the customer writes."""
    zone: Annotated[str, Meta(max_length=64, pattern=ZONE)] | UnsetType = UNSET
    """The agent's time zone by its IANA name, to be kept beside the time."""
    seen_seq: Seq | UnsetType = UNSET
    """With `status: snoozed`, the last `seq` that the agent has seen: a customer's message after it wakes the
    conversation at once. Left out, it is whatever was said before the change was asked for."""
    relations: ClassVar[Relations] = {
        "anyOf": [
            {"properties": {"status": {"enum": ["snoozed"]}}, "required": ["status"]},
            {"properties": {"snoozed_until": False, "zone": False, "seen_seq": False}},
        ]
    }


class Assignee(Struct, frozen=True):
    id: int
    name: str


class Wanted(Struct, frozen=True, kw_only=True):
    """A change whose people, teams and labels have been found."""

    status: ConversationStatus | UnsetType = UNSET
    snoozed_until: datetime | None = None
    zone: str | None = None
    seen_seq: int | None = None
    """None: whatever was said until now."""
    assignee: Assignee | UnsetType | None = UNSET
    team: TeamName | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    added: Sequence[LabelRow] = ()
    taken: Sequence[LabelRow] = ()


def happenings_of(now: Conversation, wanted: Wanted) -> list[tuple[Happening, Lane]]:
    """Return what is to be told of a change, each in its lane; nothing of what is so already.

    Raises:
        Invalid: Those are too many labels.
    """
    found: list[tuple[Happening, Lane]] = []
    if wanted.team is not UNSET and idof(wanted.team) != idof(now.team):
        team = wanted.team
        found.append((TeamChanged(team.id, team.name) if team else TeamChanged(None, None), Lane.TEAM))
    if wanted.assignee is not UNSET and idof(wanted.assignee) != idof(now.assignee):
        assignee = wanted.assignee
        found.append((Assigned(assignee.id, assignee.name) if assignee else Assigned(None, None), Lane.TEAM))
    if wanted.priority is not UNSET and wanted.priority != now.priority:
        found.append((PriorityChanged(wanted.priority), Lane.TEAM))
    if labels := labels_changed(now, wanted):
        found.append((labels, Lane.TEAM))
    return [*found, *statuses_of(now, wanted)]


def labels_changed(now: Conversation, wanted: Wanted) -> LabelsChanged | None:
    has = set() if now.labels is UNSET else set(now.labels)
    removed = {label.id: label.name for label in wanted.taken if label.id in has}
    added = {label.id: label.name for label in wanted.added if label.id not in has}
    if len(has | added.keys() - removed.keys()) > MOST_ON_A_CONVERSATION:
        raise Invalid(f"A conversation has at most {MOST_ON_A_CONVERSATION} labels.")
    if not added and not removed:
        return None
    return LabelsChanged(
        [LabelName(*each) for each in sorted(added.items())],
        [LabelName(*each) for each in sorted(removed.items())],
    )


def statuses_of(now: Conversation, wanted: Wanted) -> list[tuple[Happening, Lane]]:
    """Return what is told of a status. To its customer a snoozed conversation was open all the time."""
    if wanted.status is UNSET:
        return []
    if wanted.status == "snoozed":
        if now.status == "snoozed" and now.snoozed_until == wanted.snoozed_until:
            return []
        seen = now.last_seq if wanted.seen_seq is None else wanted.seen_seq
        snoozed = (Snoozed(wanted.snoozed_until, wanted.zone, seen), Lane.TEAM)
        return [(StatusChanged("open"), Lane.PUBLIC), snoozed] if now.status == "closed" else [snoozed]
    if wanted.status == now.status:
        return []
    if now.status == "snoozed" and wanted.status == "open":
        return [(Woken("agent"), Lane.TEAM)]
    return [(StatusChanged(wanted.status), Lane.PUBLIC)]


def idof(who: object) -> int | None:
    return getattr(who, "id", None)


def back_of(now: Conversation, happenings: Sequence[tuple[Happening, Lane]]) -> ConversationChange:
    """Return the change that takes these back, for a conversation as it was before them."""
    status: ConversationStatus | UnsetType = UNSET
    until: datetime | UnsetType | None = UNSET
    assignee_id: int | UnsetType | None = UNSET
    team_id: int | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    add: list[int] = []
    remove: list[int] = []
    for happening, _ in happenings:
        match happening:
            case StatusChanged() | Snoozed() | Woken():
                status = now.status
                until = now.snoozed_until if status == "snoozed" else UNSET
            case Assigned():
                assignee_id = idof(now.assignee)
            case TeamChanged():
                team_id = idof(now.team)
            case PriorityChanged():
                priority = now.priority
            case LabelsChanged(added, removed):
                add, remove = [label.id for label in removed], [label.id for label in added]
            case _:
                raise AssertionError(f"{happening.event} is no change of an agent's")
    return ConversationChange(
        status=status,
        snoozed_until=until,
        assignee_id=assignee_id,
        team_id=team_id,
        priority=priority,
        add_labels=add,
        remove_labels=remove,
    )


FACTS = {
    "status_changed": "status",
    "snoozed": "status",
    "woken": "status",
    "assigned": "assignee",
    "team_changed": "team",
    "priority_changed": "priority",
    "labels_changed": "labels",
}
"""The fact that each event decides: a later one of the same has the last word."""


def facts_of(change: ConversationChange) -> set[str]:
    """Return what a change decides."""
    decided = {
        "status": change.status is not UNSET,
        "assignee": change.assignee_id is not UNSET,
        "team": change.team_id is not UNSET,
        "priority": change.priority is not UNSET,
        "labels": bool(change.add_labels or change.remove_labels),
    }
    return {fact for fact, is_decided in decided.items() if is_decided}


def is_over(until: datetime | UnsetType | None) -> bool:
    """Say whether a snooze that is to come back has ended meanwhile."""
    return isinstance(until, datetime) and until <= datetime.now(UTC)
