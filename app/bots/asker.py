"""Ask the bot for one reply, show it while it grows, and put it into the log."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog
from msgspec import UNSET, UnsetType, json

from app.bots.bot import BotFailed, Markdown, Turn
from app.bots.catalogue import Catalogue
from app.bots.growing import Growing
from app.bots.run import Run
from app.bots.store import Claim, claim_turn, release_claim, renew_claim, select_reply, upsert_bot
from app.bots.turn import ENTRIES, make_turn
from app.errors import ConversationClosed, IdempotencyConflict, NotFound, Retryable, Silenced, Timeout
from app.protocol import (
    BotHandover,
    Format,
    HandoverReason,
    MessageReceived,
    MessageStreaming,
    Sender,
    TextContent,
)
from app.settings import Settings
from app.spine.db import Database
from app.spine.identity import Identity
from app.spine.log.entries import select_history
from app.spine.log.entry import Draft, Lane
from app.spine.log.journal import Journal
from app.spine.rooms.rooms import Rooms
from app.talk.messages.said import formatted
from app.talk.typing.service import Typists
from app.values.uuid7 import uuid7

log = structlog.get_logger()

LEASE_SECONDS = 15.0
"""Seconds after a process was killed in which its conversations wait for another."""
CLAIM_PAUSE_SECONDS = 0.5
"""Pause between two tries for a conversation that another process is answering."""
SHOW_SECONDS = 0.1
"""Seconds between two `message_streaming`, as the protocol has it."""
RENEW_SECONDS = 1.0
"""Seconds until a bot notices that an agent has taken over, and until a customer sees it think."""
APPEND_PAUSES_SECONDS = (0.5, 2.0, 5.0)
"""Pauses before each further try to append, beyond the journal's own: a reply is dear."""


class Asker:
    """Answers runs, any number at once, but in one conversation only one, whichever process has it."""

    def __init__(
        self, db: Database, journal: Journal, rooms: Rooms, typists: Typists, settings: Settings
    ) -> None:
        self._db = db
        self._journal = journal
        self._rooms = rooms
        self._typists = typists
        self._timeout_seconds = settings.bot_timeout_seconds
        self._catalogue = Catalogue(settings)
        self._process_id = uuid7()
        self._sender: Sender | None = None

    async def close(self) -> None:
        await self._catalogue.close()

    async def answer(self, run: Run) -> MessageReceived | None:
        """Return the reply from the log; None if the bot is silent, or people have taken over.

        Cancellation ends the request and gives the conversation back to the other processes.

        Raises:
            Retryable: Postgres is away. The message is still unanswered and may be asked again.
        """
        question = run.question
        claim = await self._claim(question.conversation_id)
        answered_seq = 0
        try:
            reply = None if claim.answered_seq == question.seq else await self._answer(run, claim)
            answered_seq = question.seq
        finally:
            # If it cannot be released now, the lease ends by itself.
            with suppress(Retryable):
                await release_claim(self._db, question.conversation_id, self._process_id, answered_seq)
        return reply or await self.find_reply(run)

    async def find_reply(self, run: Run) -> MessageReceived | None:
        """Return the reply that is in the log already, whichever process wrote it."""
        return await select_reply(self._db, run.question.conversation_id, run.reply_id)

    async def hand_over(self, run: Run, reason: HandoverReason) -> None:
        """Leave the conversation to people; the log says so once for a message, and that silences the bot.

        Raises:
            Retryable: Postgres is away.
        """
        draft = Draft.of_event(
            run.question.conversation_id,
            BotHandover(reason),
            sender=await self._bot_user(),
            client_msg_id=run.handover_id,
        )
        # Another run may have handed over for another reason, and that is as good.
        with suppress(IdempotencyConflict, NotFound):
            await self._journal.append(draft)

    async def _claim(self, conversation_id: UUID) -> Claim:
        """Wait until no other process is answering in this conversation, and take it."""
        bot = await self._bot_user()
        try:
            async with asyncio.timeout(self._timeout_seconds + LEASE_SECONDS):
                while True:
                    claim = await claim_turn(
                        self._db, conversation_id, bot.id, self._process_id, LEASE_SECONDS
                    )
                    if claim is not None:
                        return claim
                    await asyncio.sleep(CLAIM_PAUSE_SECONDS)
        except TimeoutError as error:
            raise Timeout("Another process is answering in this conversation.") from error

    async def _answer(self, run: Run, claim: Claim) -> MessageReceived | None:
        """Do one turn, and if it fails, hand over."""
        about = {"bot": run.question.bot, "conversation": str(run.question.conversation_id)}
        try:
            return await self._take_turn(run, claim) if claim.wanted else None
        except Retryable:
            raise
        except BotFailed as failure:
            log.warning("bot_failed", **about, reason=failure.reason, why=str(failure))
            await self.hand_over(run, failure.reason)
        except Exception:
            log.exception("bot_crashed", **about)
            await self.hand_over(run, "error")
        return None

    async def _take_turn(self, run: Run, claim: Claim) -> MessageReceived | None:
        question = run.question
        entries, _, _ = await select_history(
            self._db, question.conversation_id, Lane.PUBLIC, before=None, limit=ENTRIES
        )
        if any(entry.client_msg_id == run.reply_id for entry in entries):
            return None
        turn = make_turn(entries, question, claim)
        text = await self._ask(run, turn) if turn is not None else ""
        return await self._append(run, text) if text else None

    async def _ask(self, run: Run, turn: Turn) -> str:
        """Return the whole reply; empty if the bot has nothing to say, or is no longer wanted."""
        growing = Growing(self._catalogue.get(run.question.bot), turn, self._timeout_seconds)
        sender = await self._bot_user()
        loop = asyncio.get_running_loop()
        renew_at = loop.time() + RENEW_SECONDS
        bot = Identity(user_id=sender.id, role="bot", name=sender.name)
        thinks = False
        reading = asyncio.create_task(growing.read())
        try:
            while not (await asyncio.wait({reading}, timeout=SHOW_SECONDS))[0]:
                text = growing.text
                if text and (run.latest is None or run.latest.text != text):
                    thinks = False
                    self._typists.stop(sender.id, turn.conversation_id)
                    form: Format | UnsetType = "markdown" if growing.is_markdown else UNSET
                    run.show(MessageStreaming(turn.conversation_id, run.reply_id, sender, text, form))
                    self._rooms.signal(turn.conversation_id, run.latest)
                if thinks:
                    self._typists.start(bot, turn.conversation_id)
                if loop.time() < renew_at:
                    continue
                renew_at = loop.time() + RENEW_SECONDS
                if not await self._still_wanted(turn.conversation_id):
                    return ""
                thinks = run.latest is None
            reading.result()
            return Markdown(growing.text) if growing.is_markdown else growing.text
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            self._typists.stop(sender.id, turn.conversation_id)

    async def _still_wanted(self, conversation_id: UUID) -> bool:
        try:
            return await renew_claim(self._db, conversation_id, self._process_id, LEASE_SECONDS)
        except Retryable:
            return True  # The reply may take longer than Postgres is away.

    async def _append(self, run: Run, text: str) -> MessageReceived | None:
        """Append the reply. One that another run has appended under its id stands, and then this is None."""
        draft = Draft(
            conversation_id=run.question.conversation_id,
            sender=await self._bot_user(),
            client_msg_id=run.reply_id,
            message_id=uuid7(),
            body=json.encode(formatted(str(text)) if isinstance(text, Markdown) else TextContent(text)),
        )
        pauses = iter(APPEND_PAUSES_SECONDS)
        while True:
            try:
                entry = (await self._journal.append(draft)).entry
            except Retryable:
                pause = next(pauses, None)
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            except (Silenced, ConversationClosed, NotFound, IdempotencyConflict):
                return None
            else:
                return entry if isinstance(entry, MessageReceived) else None

    async def _bot_user(self) -> Sender:
        if self._sender is None:
            self._sender = await upsert_bot(self._db)
        return self._sender
