"""/chat/conversations/…/customer: what is known of a conversation's customer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.errors import Forbidden, NotFound, RateLimited, TooLarge
from app.people.cards.card import EMAIL_PATTERN, PHONE_CHARS, PHONE_PATTERN, CustomerCard, Field
from app.people.cards.service import Cards
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent, authenticate_team
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.values.text import NAME_CHARS, ONE_LINE

Text = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS, extra_json_schema={"pattern": ONE_LINE})]

Email = Annotated[str, Meta(max_length=NAME_CHARS, extra_json_schema={"pattern": EMAIL_PATTERN})]
Phone = Annotated[str, Meta(max_length=PHONE_CHARS, extra_json_schema={"pattern": PHONE_PATTERN})]


class CustomerChange(Struct, frozen=True):
    name: Text | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    """Null takes it away."""
    phone: Phone | UnsetType | None = UNSET
    """Null takes it away."""


def blueprint(spine: Spine, cards: Cards) -> Blueprint:
    rest = Blueprint("cards", __name__, url_prefix="/chat/conversations/<uuid:conversation_id>/customer")

    @rest.get("")
    @operation(gives={200: CustomerCard}, errors=[Forbidden, NotFound, RateLimited], by=["agent", "api_key"])
    async def show_customer(conversation_id: UUID) -> CustomerCard:
        """Show what the team knows of a conversation's customer, who said so, and what agents have noted."""
        who = await authenticate_team(spine.auth)
        await allow(spine, who, "joins")
        return await cards.of(who, conversation_id)

    @rest.patch("")
    @operation(
        body=CustomerChange,
        gives={200: CustomerCard},
        errors=[Forbidden, NotFound, RateLimited, TooLarge],
        by=["agent"],
    )
    async def change_customer(conversation_id: UUID, body: CustomerChange) -> CustomerCard:
        """Set the customer's name, e-mail or phone right. Safe to repeat.

        The change stands in the team's lane, and what an agent wrote is not replaced by what the website says.
        """
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "sends")
        said: dict[Field, str | UnsetType | None] = {
            "name": body.name,
            "email": body.email,
            "phone": body.phone,
        }
        wanted = {field: value for field, value in said.items() if value is not UNSET}
        return await cards.change(agent, conversation_id, wanted)

    return rest
