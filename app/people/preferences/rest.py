"""/chat/me/preferences: what an agent has chosen for themselves."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct
from quart import Blueprint

from app.errors import Forbidden, RateLimited, TooLarge
from app.people.preferences.service import MOST_NAMES, Preferences, PreferenceService
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")]


class PreferencesChange(Struct, frozen=True):
    values: Annotated[dict[Name, Any], Meta(max_length=MOST_NAMES)]
    """By name. Null takes one away; those that are not named stay as they are."""


def blueprint(spine: Spine, service: PreferenceService) -> Blueprint:
    preferences = Blueprint("preferences", __name__, url_prefix="/chat/me/preferences")

    @preferences.get("")
    @operation(gives={200: Preferences}, errors=[Forbidden, RateLimited], by=["agent"])
    async def show_preferences() -> Preferences:
        """Show what you have chosen for yourself, in whichever browser."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "joins")
        return await service.of(agent.user_id)

    @preferences.put("")
    @operation(
        body=PreferencesChange,
        gives={200: Preferences},
        errors=[Forbidden, RateLimited, TooLarge],
        by=["agent"],
    )
    async def change_preferences(body: PreferencesChange) -> Preferences:
        """Change some of them. Your other browsers are told."""
        agent = await authenticate_agent(spine.auth)
        await allow(spine, agent, "sends")
        return await service.change(agent.user_id, body.values)

    return preferences
