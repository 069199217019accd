"""/chat/conversations/…/customer/notes: what agents write down about a person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from quart import Blueprint

from app.errors import Forbidden, NotFound, RateLimited, TooLarge
from app.people.cards.card import CustomerCard
from app.people.cards.service import Cards
from app.people.customer_notes.service import NOTE_CHARS, CustomerNotes
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.values.text import NOT_BLANK


class CustomerNoteText(Struct, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=NOTE_CHARS, extra_json_schema={"pattern": NOT_BLANK})]


def blueprint(spine: Spine, notes: CustomerNotes, cards: Cards) -> Blueprint:
    rest = Blueprint(
        "customer_notes", __name__, url_prefix="/chat/conversations/<uuid:conversation_id>/customer/notes"
    )

    @rest.post("")
    @operation(
        body=CustomerNoteText,
        gives={201: CustomerCard},
        errors=[Forbidden, NotFound, RateLimited, TooLarge],
        by=["agent"],
    )
    async def add_note(conversation_id: UUID, body: CustomerNoteText) -> tuple[CustomerCard, int]:
        """Write down something about the customer, for the team alone. It stands beside all their conversations."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "sends")
        await notes.add(agent, conversation_id, body.text)
        return await cards.of(agent, conversation_id), 201

    @rest.patch("/<row_id:note_id>")
    @operation(
        body=CustomerNoteText,
        gives={200: CustomerCard},
        errors=[Forbidden, NotFound, RateLimited, TooLarge],
        by=["agent"],
    )
    async def edit_note(conversation_id: UUID, note_id: int, body: CustomerNoteText) -> CustomerCard:
        """Change a note: one's own, and for admins anybody's."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "sends")
        await notes.edit(agent, conversation_id, note_id, body.text)
        return await cards.of(agent, conversation_id)

    @rest.delete("/<row_id:note_id>")
    @operation(gives={200: CustomerCard}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def delete_note(conversation_id: UUID, note_id: int) -> CustomerCard:
        """Delete a note: one's own, and for admins anybody's."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "sends")
        await notes.delete(agent, conversation_id, note_id)
        return await cards.of(agent, conversation_id)

    return rest
