"""GET /chat/agents: the team."""

from __future__ import annotations

from msgspec import Struct
from quart import Blueprint

from app.errors import Forbidden
from app.people.accounts.service import Accounts
from app.protocol import Presence
from app.spine.http.bearer import authenticate_agent
from app.spine.http.operations import operation
from app.spine.sockets.spine import Spine
from app.talk.presence.service import Presences


class AgentRow(Struct, frozen=True):
    id: int
    name: str
    email: str
    is_admin: bool
    presence: Presence


class AgentList(Struct, frozen=True):
    items: list[AgentRow]


def blueprint(spine: Spine, accounts: Accounts, service: Presences) -> Blueprint:
    team = Blueprint("team", __name__, url_prefix="/chat")

    @team.get("/agents")
    @operation(gives={200: AgentList}, errors=[Forbidden], by=["agent"])
    async def list_agents() -> AgentList:
        """List the agents with their presence."""
        identity = await authenticate_agent(spine.auth)
        agents = await accounts.all()
        presence = await service.stored([agent.id for agent in agents], by=identity.user_id)
        return AgentList(
            [
                AgentRow(agent.id, agent.name, agent.email, agent.is_admin, presence[agent.id])
                for agent in agents
            ]
        )

    return team
