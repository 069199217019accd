"""The team's own lists: agents and inboxes."""

from __future__ import annotations

from quart import Blueprint

from app.bodies import AgentList, AgentRow, InboxList, InboxRow
from app.errors import Forbidden
from app.people.accounts.store import select_agents
from app.people.inboxes.store import select_inboxes
from app.services import Services
from app.spine.http.bearer import authenticate_agent, authenticate_team
from app.spine.http.operations import operation
from app.talk.presence.store import select_presence


def blueprint(services: Services) -> Blueprint:
    team = Blueprint("team", __name__, url_prefix="/chat")

    @team.get("/agents")
    @operation(gives={200: AgentList}, errors=[Forbidden], by=["agent"])
    async def list_agents() -> AgentList:
        """List the agents with their presence."""
        await authenticate_agent(services.auth)
        agents = await select_agents(services.db)
        presence = await select_presence(services.db, [agent.id for agent in agents])
        return AgentList(
            [
                AgentRow(agent.id, agent.name, agent.email, agent.is_admin, presence[agent.id])
                for agent in agents
            ]
        )

    @team.get("/inboxes")
    @operation(gives={200: InboxList}, errors=[Forbidden], by=["agent", "api_key"])
    async def list_inboxes() -> InboxList:
        """List the inboxes. Their keys are public; the secrets that sign identities are not shown."""
        await authenticate_team(services.auth)
        return InboxList(
            [
                InboxRow(inbox.id, inbox.key, inbox.name, [*inbox.origins], inbox.bot)
                for inbox in await select_inboxes(services.db)
            ]
        )

    return team
