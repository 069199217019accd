"""Changes of a conversation by agents. Each is an entry of its log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.desk.conversations.store import select_conversation, select_conversations_by_id
from app.desk.labels.label import MOST_ON_A_CONVERSATION, usable
from app.desk.labels.service import Labels
from app.desk.teams.service import Teams
from app.errors import Invalid, NotFound
from app.people.accounts.service import Accounts
from app.people.agent import Agent
from app.protocol import (
    Assigned,
    Conversation,
    ConversationStatus,
    Happening,
    LabelName,
    LabelsChanged,
    Priority,
    PriorityChanged,
    Sender,
    Snoozed,
    StatusChanged,
    TeamChanged,
    Woken,
)
from app.spine.db import Database
from app.spine.identity import Identity, Reader
from app.spine.log.entry import Lane
from app.talk.messages.service import Messages

SNOOZE_DAYS = 1000
"""Days ahead to which a conversation may be snoozed; past them a typing error is likelier than a plan."""


class Conversations:
    def __init__(
        self, db: Database, messages: Messages, accounts: Accounts, teams: Teams, labels: Labels
    ) -> None:
        self._db = db
        self._labels = labels
        self._teams = teams
        self._messages = messages
        self._accounts = accounts

    async def rows(self, conversation_ids: Sequence[UUID]) -> list[Conversation]:
        """Return these conversations as the team sees them; who of it may, the caller asks."""
        return await select_conversations_by_id(self._db, conversation_ids)

    async def change(
        self,
        who: Reader,
        conversation_id: UUID,
        *,
        status: ConversationStatus | UnsetType = UNSET,
        assignee_id: int | UnsetType | None = UNSET,
        team_id: int | UnsetType | None = UNSET,
        priority: Priority | UnsetType = UNSET,
        add_labels: Sequence[int] = (),
        remove_labels: Sequence[int] = (),
        snoozed_until: datetime | None = None,
        zone: str | None = None,
        seen_seq: int | None = None,
    ) -> Conversation:
        """Close, snooze or reopen a conversation, rank it, label it, give it to an agent or a team.

        A change that changes nothing appends nothing. `snoozed_until` is None for until the customer writes; what they
        have written after `seen_seq` is not put aside with the rest.

        Raises:
            NotFound: There is no such conversation, label, agent or team, or it does not exist for them.
            Invalid: Nobody can wait until then, or those are too many labels.
        """
        if snoozed_until is not None:
            check_time(snoozed_until)
        now = await select_conversation(self._db, who, conversation_id)
        if now is None:
            raise NotFound("There is no such conversation.")
        sender = await self._messages.sender_for(who, Lane.TEAM)
        if team_id is not UNSET and team_id != (now.team.id if now.team else None):
            await self._give_to_team(sender, conversation_id, team_id)
        assignee_now = now.assignee.id if now.assignee else None
        if assignee_id is not UNSET and assignee_id != assignee_now:
            await self._assign(sender, conversation_id, assignee_id)
        if priority is not UNSET and priority != now.priority:
            await self._messages.append_event(
                conversation_id, PriorityChanged(priority), Lane.TEAM, sender=sender
            )
        if add_labels or remove_labels:
            await self._set_labels(sender, now, add_labels, remove_labels)
        if status == "snoozed":
            seen = now.last_seq if seen_seq is None else seen_seq
            await self._snooze(who, now, Snoozed(snoozed_until, zone, seen))
        elif status is not UNSET and status != now.status:
            await self._set_status(who, now, status)
        changed = await select_conversation(self._db, who, conversation_id)
        return changed or now

    async def _set_labels(
        self, sender: Sender, now: Conversation, add: Sequence[int], remove: Sequence[int]
    ) -> None:
        has = set() if now.labels is UNSET else set(now.labels)
        found = await self._labels.find({*add, *remove})
        taken = [found[each] for each in remove if each in found]
        removed = {label.id: label.name for label in taken if label.id in has}
        added = {label.id: label.name for label in usable(found, add) if label.id not in has}
        if len(has | added.keys() - removed.keys()) > MOST_ON_A_CONVERSATION:
            raise Invalid(f"A conversation has at most {MOST_ON_A_CONVERSATION} labels.")
        if added or removed:
            happening = LabelsChanged(
                [LabelName(*each) for each in sorted(added.items())],
                [LabelName(*each) for each in sorted(removed.items())],
            )
            await self._messages.append_event(now.id, happening, Lane.TEAM, sender=sender)

    async def _set_status(self, who: Reader, now: Conversation, status: Literal["open", "closed"]) -> None:
        # To its customer a snoozed one was open all the time.
        happening: Happening = StatusChanged(status)
        lane = Lane.PUBLIC
        if now.status == "snoozed" and status == "open":
            happening, lane = Woken("agent"), Lane.TEAM
        sender = await self._messages.sender_for(who, lane)
        await self._messages.append_event(now.id, happening, lane, sender=sender)

    async def _snooze(self, who: Reader, now: Conversation, snoozed: Snoozed) -> None:
        if now.status == "snoozed" and now.snoozed_until == snoozed.until:
            return
        if now.status == "closed":
            await self._set_status(who, now, "open")
        sender = await self._messages.sender_for(who, Lane.TEAM)
        await self._messages.append_event(now.id, snoozed, Lane.TEAM, sender=sender)

    async def _give_to_team(self, sender: Sender, conversation_id: UUID, team_id: int | None) -> None:
        name = None if team_id is None else await self._teams.name_for(team_id, conversation_id)
        await self._messages.append_event(
            conversation_id, TeamChanged(team_id, name), Lane.TEAM, sender=sender
        )

    async def _assign(self, sender: Sender, conversation_id: UUID, assignee_id: int | None) -> None:
        assignee: Agent | None = None
        if assignee_id is not None:
            assignee = await self._accounts.find(assignee_id)
            if assignee is None:
                raise NotFound(f"There is no agent with the id {assignee_id}. GET /chat/agents lists them.")
            await self._check_sight(assignee, conversation_id)
        await self._messages.append_event(
            conversation_id,
            Assigned(assignee.id, assignee.name) if assignee else Assigned(None, None),
            Lane.TEAM,
            sender=sender,
        )
        if assignee is not None:
            await self._messages.join(conversation_id, Sender(assignee.id, "agent", assignee.name))

    async def _check_sight(self, assignee: Agent, conversation_id: UUID) -> None:
        """Raise `NotFound` if the conversation does not exist for its assignee to be."""
        reader = Identity(user_id=assignee.id, role="agent", name=assignee.name)
        if await select_conversation(self._db, reader, conversation_id) is None:
            raise NotFound(f"{assignee.name} may not see this conversation.")


def check_time(until: datetime) -> None:
    """Raise `Invalid` unless a conversation can be snoozed until then."""
    now = datetime.now(UTC)
    if not now < until < now + timedelta(days=SNOOZE_DAYS):
        raise Invalid(f"snoozed_until has to be ahead, and no more than {SNOOZE_DAYS} days.")
