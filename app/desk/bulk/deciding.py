"""Deciding on each conversation of a step, by what it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import UNSET, Struct

from app.desk.bulk.action import Job, Outcome, Waiting, Why
from app.desk.bulk.store import select_team_names, select_unseen
from app.desk.conversations.changing import (
    FACTS,
    Assignee,
    ConversationChange,
    Wanted,
    back_of,
    facts_of,
    happenings_of,
    is_over,
)
from app.desk.conversations.service import Conversations
from app.desk.labels.label import LabelRow
from app.desk.labels.service import Labels
from app.errors import Invalid
from app.people.accounts.service import Accounts
from app.protocol import Assigned, Conversation, TeamChanged, TeamName
from app.spine.db import Database


class Named(Struct, frozen=True):
    """The people, teams and labels that changes name, as far as they are still there."""

    assignees: Mapping[int, Assignee]
    teams: Mapping[int, TeamName]
    labels: Mapping[int, LabelRow]

    def wanted(self, change: ConversationChange) -> Wanted | None:
        """Return a change with them, or None if somebody is gone; labels that are gone are left out."""
        assignee: Assignee | None = None
        team: TeamName | None = None
        if change.assignee_id is not UNSET and change.assignee_id is not None:
            assignee = self.assignees.get(change.assignee_id)
            if assignee is None:
                return None
        if change.team_id is not UNSET and change.team_id is not None:
            team = self.teams.get(change.team_id)
            if team is None:
                return None
        is_awake = change.status == "snoozed" and is_over(change.snoozed_until)
        return Wanted(
            status="open" if is_awake else change.status,
            snoozed_until=None if change.snoozed_until is UNSET or is_awake else change.snoozed_until,
            zone=None if change.zone is UNSET else change.zone,
            assignee=UNSET if change.assignee_id is UNSET else assignee,
            team=UNSET if change.team_id is UNSET else team,
            priority=change.priority,
            added=[row for row in self._labels(change.add_labels) if not row.is_gone],
            taken=self._labels(change.remove_labels),
        )

    def _labels(self, ids: Sequence[int]) -> list[LabelRow]:
        return [self.labels[each] for each in ids if each in self.labels]


class Deciding:
    def __init__(
        self, db: Database, conversations: Conversations, accounts: Accounts, labels: Labels
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._accounts = accounts
        self._labels = labels

    async def decide(self, job: Job, waiting: Sequence[Waiting]) -> list[Outcome]:
        """Return what is to become of these; of those that change while they are read, nothing yet."""
        rows = {row.id: row for row in await self._conversations.rows([each.id for each in waiting])}
        changes = {each.id: (each.back if job.is_undo else None) or job.change for each in waiting}
        named = await self._named(list({id(change): change for change in changes.values()}.values()))
        outcomes = [
            outcome_of(job, each, rows.get(each.id), named.wanted(changes[each.id]), changes[each.id])
            for each in waiting
            if each.version is None or (each.id in rows and rows[each.id].version == each.version)
        ]
        unseen = await self._unseen(outcomes)
        return [
            left(job, outcome.id, outcome.version, "target") if outcome.id in unseen else outcome
            for outcome in outcomes
        ]

    async def _named(self, changes: Sequence[ConversationChange]) -> Named:
        assignees: dict[int, Assignee] = {}
        for user_id in {change.assignee_id for change in changes}:
            if isinstance(user_id, int) and (agent := await self._accounts.find(user_id)) is not None:
                assignees[user_id] = Assignee(agent.id, agent.name)
        teams = {change.team_id for change in changes if isinstance(change.team_id, int)}
        labels = {each for change in changes for each in (*change.add_labels, *change.remove_labels)}
        return Named(
            assignees,
            await select_team_names(self._db, teams) if teams else {},
            await self._labels.find(labels),
        )

    async def _unseen(self, outcomes: Sequence[Outcome]) -> set[UUID]:
        """Return those that whoever is to have them may not see."""
        targets: list[tuple[UUID, int | None, int | None]] = []
        for outcome in outcomes:
            assignee_id = team_id = None
            for happening, _ in outcome.happenings:
                if isinstance(happening, Assigned):
                    assignee_id = happening.user_id
                elif isinstance(happening, TeamChanged):
                    team_id = happening.team_id
            if assignee_id is not None or team_id is not None:
                targets.append((outcome.id, assignee_id, team_id))
        return await select_unseen(self._db, targets) if targets else set()


def outcome_of(
    job: Job, waiting: Waiting, now: Conversation | None, wanted: Wanted | None, change: ConversationChange
) -> Outcome:
    """Decide what is to become of one conversation, by what it is now."""
    if waiting.version is None or now is None:
        return left(job, waiting.id, None, "gone")
    if job.is_undo and facts_of(change) & {FACTS[event] for event in waiting.since if event in FACTS}:
        return left(job, waiting.id, waiting.version, "changed_since")
    if not waiting.belongs:
        return left(job, waiting.id, waiting.version, "other_view")
    if wanted is None:
        return left(job, waiting.id, waiting.version, "target")
    try:
        happenings = happenings_of(now, wanted)
    except Invalid:
        return left(job, waiting.id, waiting.version, "labels")
    if not happenings and not job.is_undo:
        return left(job, waiting.id, waiting.version, "as_wanted")
    return Outcome(
        id=waiting.id,
        version=waiting.version,
        state="undone" if job.is_undo else "changed",
        back=None if job.is_undo else back_of(now, happenings),
        happenings=tuple(happenings),
    )


def left(job: Job, conversation_id: UUID, version: int | None, why: Why) -> Outcome:
    return Outcome(id=conversation_id, version=version, state="kept" if job.is_undo else "skipped", why=why)
