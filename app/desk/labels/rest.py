"""/chat/labels: the labels, and what agents make of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from quart import Blueprint

from app.desk.labels.label import NAME_CHARS
from app.desk.labels.service import Labels
from app.errors import Forbidden, NotFound, RateLimited
from app.protocol import Colour, Label, RowId
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent, authenticate_team
from app.spine.http.operations import operation
from app.spine.identity import Identity
from app.spine.sockets.spine import Spine
from app.values.text import ONE_LINE

Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS, extra_json_schema={"pattern": ONE_LINE})]


class NewLabel(Struct, frozen=True):
    name: Name
    colour: Colour = "grey"


class LabelChange(Struct, frozen=True):
    name: Name | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET


class LabelMerge(Struct, frozen=True):
    into: RowId
    """The label that stays."""


class LabelList(Struct, frozen=True):
    version: int
    items: list[Label]


def blueprint(spine: Spine, labels: Labels) -> Blueprint:
    rest = Blueprint("labels", __name__, url_prefix="/chat/labels")
    auth = spine.auth

    @rest.get("")
    @operation(gives={200: LabelList}, errors=[Forbidden], by=["agent", "api_key"])
    async def list_labels() -> LabelList:
        """List the labels by name."""
        await authenticate_team(auth)
        now = await labels.all()
        return LabelList(now.version, now.labels)

    @rest.post("")
    @operation(body=NewLabel, gives={200: Label, 201: Label}, errors=[Forbidden, RateLimited], by=["agent"])
    async def create_label(body: NewLabel) -> tuple[Label, int]:
        """Create a label. Where there is one of this name, however it is cased, that is the answer, with 200."""
        await allow(spine, await authenticate_agent(auth), "sends")
        label, is_new = await labels.create(body.name, body.colour)
        return label, 201 if is_new else 200

    @rest.patch("/<row_id:label_id>")
    @operation(body=LabelChange, gives={200: Label}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def change_label(label_id: int, body: LabelChange) -> Label:
        """Rename or recolour a label. What the log says of it stays as it was said."""
        await allow(spine, await authenticate_agent(auth), "sends")
        return await labels.change(
            label_id,
            name=None if body.name is UNSET else body.name,
            colour=None if body.colour is UNSET else body.colour,
        )

    @rest.post("/<row_id:label_id>/merge")
    @operation(body=LabelMerge, gives={204: None}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def merge_label(label_id: int, body: LabelMerge) -> None:
        """Give another label to all conversations that have this one, which ends. For admins; safe to repeat."""
        await allow(spine, await admin(), "sends")
        await labels.merge(label_id, body.into)

    @rest.delete("/<row_id:label_id>")
    @operation(gives={204: None}, errors=[Forbidden, NotFound, RateLimited], by=["agent"])
    async def delete_label(label_id: int) -> None:
        """Take a label from all conversations. For admins; safe to repeat."""
        await allow(spine, await admin(), "sends")
        await labels.delete(label_id)

    async def admin() -> Identity:
        agent = await authenticate_agent(auth)
        if not agent.is_admin:
            raise Forbidden(
                "Only admins merge and delete labels, for that changes many conversations at once."
            )
        return agent

    return rest
