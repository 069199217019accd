"""The card of a customer: all that the team knows of them, and by whose word."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.errors import Invalid
from app.people.customers.attributes import AttributeValue
from app.people.customers.device import Device
from app.protocol import ConversationStatus, Sender
from app.values.text import NAME_CHARS, STRAY, Line, line, name

Source = Literal["signed", "unsigned", "agent", "customer"]
"""The website with its signature, the website without it, an agent, or the customer."""
Field = Literal["name", "email", "phone"]
PHONE_CHARS = 40
EMAIL_PATTERN = rf"^[^\s@{STRAY}]+@[^\s@{STRAY}]+$"
PHONE_PATTERN = r"^\+?[0-9 ()./-]*[0-9][0-9 ()./-]*$(?!\n)"
"""Patterns of an address and a number, for the description of the REST API as well."""


class Known(Struct, frozen=True):
    value: str
    source: Source | None
    """Null: nobody has said it, as the name that a visitor is given."""


class Attribute(Struct, frozen=True):
    """Something that the website says of its customer. It is shown, and decides nothing."""

    name: str
    value: AttributeValue
    source: Source


class CustomerNote(Struct, frozen=True):
    id: int
    author: Sender
    text: str
    created_at: datetime
    edited_at: datetime | None


class OtherConversation(Struct, frozen=True):
    """Another conversation of the same customer, for whoever may see it."""

    id: UUID
    status: ConversationStatus
    created_at: datetime
    updated_at: datetime


class CustomerCard(Struct, frozen=True, kw_only=True):
    conversation_id: UUID
    """The one beside which it was asked for."""
    id: int
    version: int
    """Grows with each change of this card; the conversation's `customer.card_version` says which one is the newest."""
    name: Known
    email: Known | None
    phone: Known | None
    device: Device | None
    attributes: list[Attribute]
    """In the order in which the website said them."""
    notes: list[CustomerNote]
    """Newest first."""
    conversations: list[OtherConversation]
    """The others, newest first; the last twenty."""


def checked(field: Field, raw: str) -> Line:
    """Return what a customer's name, address or number becomes.

    Raises:
        Invalid, TooLarge: It can be none.
    """
    match field:
        case "name":
            return name(raw.strip())
        case "email":
            email = line(raw, "email", NAME_CHARS)
            if not re.search(EMAIL_PATTERN, email):
                raise Invalid("The email is no address. Write it as ada@example.com.")
            return email
        case "phone":
            phone = line(raw, "phone", PHONE_CHARS)
            if not re.search(PHONE_PATTERN, phone):
                raise Invalid("The phone is no number. Write it as +49 30 123456.")
            return phone
