"""Changes of a conversation by agents. Each is an entry of its log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.desk.conversations.changing import Assignee, ConversationChange, Wanted, happenings_of, idof
from app.desk.conversations.store import select_conversation, select_conversations_by_id
from app.desk.labels.label import usable
from app.desk.labels.service import Labels
from app.desk.teams.service import Teams
from app.errors import Invalid, NotFound
from app.people.accounts.service import Accounts
from app.people.agent import Agent
from app.protocol import Assigned, Conversation, Sender, TeamName
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

    async def change(self, who: Reader, conversation_id: UUID, change: ConversationChange) -> Conversation:
        """Close, snooze or reopen a conversation, rank it, label it, give it to an agent or a team.

        A change that changes nothing appends nothing.

        Raises:
            NotFound: There is no such conversation, label, agent or team, or it does not exist for them.
            Invalid: Nobody can wait until then, or those are too many labels.
        """
        check_snoozing(change)
        now = await select_conversation(self._db, who, conversation_id)
        if now is None:
            raise NotFound("There is no such conversation.")
        for happening, lane in happenings_of(now, await self._found(now, change)):
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
        check_snoozing(change)
        if isinstance(change.assignee_id, int):
            await self._assignee(change.assignee_id)
        if isinstance(change.team_id, int):
            await self._teams.name(change.team_id)
        usable(await self._labels.find(change.add_labels), change.add_labels)

    async def _found(self, now: Conversation, change: ConversationChange) -> Wanted:
        """Find whoever is to have a conversation, if it is not theirs, and its labels."""
        team: TeamName | UnsetType | None = UNSET
        assignee: Assignee | UnsetType | None = UNSET
        if change.team_id is not UNSET and change.team_id != idof(now.team):
            name = None if change.team_id is None else await self._teams.name_for(change.team_id, now.id)
            team = TeamName(change.team_id, name) if change.team_id and name else None
        if change.assignee_id is not UNSET and change.assignee_id != idof(now.assignee):
            agent = None if change.assignee_id is None else await self._assignee(change.assignee_id)
            if agent is not None:
                await self._check_sight(agent, now.id)
            assignee = Assignee(agent.id, agent.name) if agent else None
        labels = await self._labels.find({*change.add_labels, *change.remove_labels})
        return Wanted(
            status=change.status,
            snoozed_until=None if change.snoozed_until is UNSET else change.snoozed_until,
            zone=None if change.zone is UNSET else change.zone,
            seen_seq=None if change.seen_seq is UNSET else change.seen_seq,
            assignee=assignee,
            team=team,
            priority=change.priority,
            added=usable(labels, change.add_labels),
            taken=[labels[each] for each in change.remove_labels if each in labels],
        )

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


def check_snoozing(change: ConversationChange) -> None:
    """Raise `Invalid` unless what belongs to a snooze is one's, and it can last until then."""
    of_snoozing = (change.snoozed_until, change.zone, change.seen_seq)
    if change.status != "snoozed" and any(each is not UNSET for each in of_snoozing):
        raise Invalid("snoozed_until, zone and seen_seq belong to the status snoozed.")
    now = datetime.now(UTC)
    if isinstance(change.snoozed_until, datetime) and not (
        now < change.snoozed_until < now + timedelta(days=SNOOZE_DAYS)
    ):
        raise Invalid(f"snoozed_until has to be ahead, and no more than {SNOOZE_DAYS} days.")
