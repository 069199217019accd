"""Changes of a conversation by agents. Each is an entry of its log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType, structs

from app.desk.conversations.changing import Assignee, ConversationChange, Wanted, happenings_of, idof
from app.desk.conversations.store import select_conversation, select_conversations_by_id
from app.desk.labels.label import usable
from app.desk.labels.service import Labels
from app.desk.teams.service import Teams
from app.errors import Invalid, NotFound
from app.people.accounts.service import Accounts
from app.people.agent import Agent
from app.protocol import Assigned, Conversation, ConversationStatus, Priority, Sender, TeamName
from app.spine.db import Database
from app.spine.identity import Identity, Reader
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
        wanted = await self._found(
            now, assignee_id=assignee_id, team_id=team_id, add_labels=add_labels, remove_labels=remove_labels
        )
        wanted = structs.replace(
            wanted,
            status=status,
            snoozed_until=snoozed_until,
            zone=zone,
            seen_seq=seen_seq,
            priority=priority,
        )
        for happening, lane in happenings_of(now, wanted):
            sender = await self._messages.sender_for(who, lane)
            await self._messages.append_event(conversation_id, happening, lane, sender=sender)
            if isinstance(happening, Assigned) and happening.user_id is not None:
                assignee = Sender(happening.user_id, "agent", str(happening.name))
                await self._messages.join(conversation_id, assignee)
        changed = await select_conversation(self._db, who, conversation_id)
        return changed or now

    async def check(self, change: ConversationChange) -> None:
        """Check what can be known of a change before it is known of what.

        Raises:
            NotFound: There is no such agent, team or label.
            Invalid: Nobody can wait until then.
        """
        of_snoozing = (change.snoozed_until, change.zone, change.seen_seq)
        if change.status != "snoozed" and any(each is not UNSET for each in of_snoozing):
            raise Invalid("snoozed_until, zone and seen_seq belong to the status snoozed.")
        if isinstance(change.snoozed_until, datetime):
            check_time(change.snoozed_until)
        if isinstance(change.assignee_id, int):
            await self._assignee(change.assignee_id)
        if isinstance(change.team_id, int):
            await self._teams.name(change.team_id)
        usable(await self._labels.find(change.add_labels), change.add_labels)

    async def _found(
        self,
        now: Conversation,
        *,
        assignee_id: int | UnsetType | None,
        team_id: int | UnsetType | None,
        add_labels: Sequence[int],
        remove_labels: Sequence[int],
    ) -> Wanted:
        """Find whoever is to have a conversation, if it is not theirs, and its labels."""
        wanted = Wanted()
        if team_id is not UNSET and team_id != idof(now.team):
            name = None if team_id is None else await self._teams.name_for(team_id, now.id)
            wanted = structs.replace(wanted, team=TeamName(team_id, name) if team_id and name else None)
        if assignee_id is not UNSET and assignee_id != idof(now.assignee):
            assignee = None if assignee_id is None else await self._assignee(assignee_id)
            if assignee is not None:
                await self._check_sight(assignee, now.id)
            wanted = structs.replace(
                wanted, assignee=Assignee(assignee.id, assignee.name) if assignee else None
            )
        if add_labels or remove_labels:
            found = await self._labels.find({*add_labels, *remove_labels})
            taken = [found[each] for each in remove_labels if each in found]
            wanted = structs.replace(wanted, added=usable(found, add_labels), taken=taken)
        return wanted

    async def _assignee(self, assignee_id: int) -> Agent:
        assignee = await self._accounts.find(assignee_id)
        if assignee is None:
            raise NotFound(f"There is no agent with the id {assignee_id}. GET /chat/agents lists them.")
        return assignee

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
