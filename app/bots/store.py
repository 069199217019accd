"""The bots' turns: how far bots have answered, and which process is at it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from app.protocol import MessageReceived, Sender
from app.spine.db import Database
from app.spine.log.entries import COLUMNS, entry_of

BOT_NAME = "Bot"


class Claim(Struct, frozen=True, kw_only=True):
    """A conversation in the hands of one process, as it was when it was claimed."""

    answered_seq: int
    """The latest message that a bot has dealt with, be it with silence."""
    wanted: bool
    """The conversation is open and no agent has taken over."""
    customer_id: int
    customer_name: str
    customer_email: str | None


class Question(Struct, frozen=True, kw_only=True):
    """A customer's message that a bot should answer."""

    conversation_id: UUID
    message_id: UUID
    seq: int
    bot: str


class LeftBehind(Struct, frozen=True, kw_only=True):
    """A question that is not answered."""

    question: Question
    is_free: bool
    """No process is answering in its conversation."""


async def upsert_bot(db: Database) -> Sender:
    """Return the user in whose name all bots write; customers see one bot, whatever stands behind it."""
    row = await db.fetchrow(
        """
        with made as (
            insert into users (role, name) values ('bot', $1)
                on conflict (role, name) where role in ('bot', 'system') do nothing
            returning id
        )
        select id from made union all select id from users where role = 'bot' and name = $1 limit 1
        """,
        BOT_NAME,
    )
    if row is None:  # Another process made it while our statement ran, and a statement sees no later commits.
        return await upsert_bot(db)
    return Sender(row["id"], "bot", BOT_NAME)


async def claim_turn(
    db: Database, conversation_id: UUID, bot_id: int, process_id: UUID, lease_seconds: float
) -> Claim | None:
    """Take a conversation for this process until the lease ends; None while another process has it.

    What a bot may not see it is not wanted in.
    """
    row = await db.fetchrow(
        """
        with claimed as (
            insert into bot_turns as t (conversation_id, claimed_by, claimed_until)
            values ($1, $2, now() + make_interval(secs => $3))
                on conflict (conversation_id) do update
               set claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
             where t.claimed_by = excluded.claimed_by or t.claimed_until <= now()
            returning conversation_id, answered_seq
        )
        select d.answered_seq,
               c.bot_active and c.status = 'open'
               and exists (select from visible('bot', $4) v where v.id = c.id) as wanted,
               u.id as customer_id, u.name as customer_name, u.email as customer_email
          from claimed d
          join conversations c on c.id = d.conversation_id
          join users u on u.id = c.customer_id
        """,
        conversation_id,
        process_id,
        lease_seconds,
        bot_id,
    )
    return Claim(**row) if row else None


async def renew_claim(db: Database, conversation_id: UUID, process_id: UUID, lease_seconds: float) -> bool:
    """Prolong the lease; tell whether it is still ours and the bot is still wanted."""
    wanted: bool | None = await db.fetchval(
        """
        update bot_turns t
           set claimed_until = now() + make_interval(secs => $3)
          from conversations c
         where t.conversation_id = $1 and t.claimed_by = $2 and c.id = t.conversation_id
        returning c.bot_active and c.status = 'open'
        """,
        conversation_id,
        process_id,
        lease_seconds,
    )
    return bool(wanted)


async def release_claim(db: Database, conversation_id: UUID, process_id: UUID, answered_seq: int) -> None:
    """Give the conversation back, answered as far as `answered_seq`; 0 leaves that as it was."""
    await db.execute(
        """
        update bot_turns
           set claimed_until = now(), answered_seq = greatest(answered_seq, $3)
         where conversation_id = $1 and claimed_by = $2
        """,
        conversation_id,
        process_id,
        answered_seq,
    )


async def select_reply(db: Database, conversation_id: UUID, client_msg_id: UUID) -> MessageReceived | None:
    """Return the bot's message with this id, whichever process wrote it."""
    row = await db.fetchrow(
        f"""
        select {COLUMNS}
          from users u
          join entries e on e.sender_id = u.id and e.conversation_id = $1 and e.client_msg_id = $2
         where u.role = 'bot'
        """,
        conversation_id,
        client_msg_id,
    )
    entry = entry_of(row) if row else None
    return entry if isinstance(entry, MessageReceived) else None


async def select_left_behind(
    db: Database, keys: Sequence[tuple[UUID, int]], *, younger_than_seconds: float
) -> dict[tuple[UUID, int], LeftBehind]:
    """Return those of the messages, by conversation and seq, that still wait for a bot.

    Only a customer's latest message does: with it the bot sees those before.
    """
    rows = await db.fetch(
        """
        select c.id as conversation_id, q.message_id, q.seq, x.bot,
               t.claimed_until is null or t.claimed_until <= now() as is_free
          from unnest($1::uuid[], $2::bigint[]) as w (conversation_id, seq)
          join conversations c on c.id = w.conversation_id and c.bot_active and c.status = 'open'
          join inboxes x on x.id = c.inbox_id and x.bot <> 'none'
          left join bot_turns t on t.conversation_id = c.id
         cross join lateral (
               select e.message_id, e.seq, e.created_at
                 from entries e
                where e.conversation_id = c.id and e.lane = 0 and e.type = 'message_received'
                  and e.sender_id = c.customer_id
                order by e.seq desc
                limit 1) q
         where q.seq = w.seq
           and q.seq > coalesce(t.answered_seq, 0)
           and q.created_at > now() - make_interval(secs => $3)
           and exists (select from inboxes where bot <> 'none')
        """,
        [conversation_id for conversation_id, _ in keys],
        [seq for _, seq in keys],
        younger_than_seconds,
    )
    found = {}
    for row in rows:
        question = Question(
            conversation_id=row["conversation_id"],
            message_id=row["message_id"],
            seq=row["seq"],
            bot=row["bot"],
        )
        found[question.conversation_id, question.seq] = LeftBehind(question=question, is_free=row["is_free"])
    return found
