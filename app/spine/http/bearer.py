"""The bearer token of a request, and who asks with it."""

from __future__ import annotations

from quart import request

from app.errors import AuthFailed, Forbidden, NotAuthenticated
from app.spine.identity import ApiKey, Authenticator, Identity, Reader


def bearer_token() -> str | None:
    """Return the token of the Authorization header, if there is one.

    Raises:
        AuthFailed: The header is of another kind.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthFailed("Send the token as `Authorization: Bearer …`.")
    return token.strip()


async def authenticate(auth: Authenticator) -> Reader:
    """Return whose token it is: an agent's, a customer's, or a backend's.

    Raises:
        NotAuthenticated: There is none.
        AuthFailed, TokenExpired: It is not good.
    """
    token = bearer_token()
    if token is None:
        raise NotAuthenticated("Send a token as `Authorization: Bearer …`.")
    return await auth.anyone(token)


async def authenticate_user(auth: Authenticator) -> Identity:
    """Return the agent or customer; a backend has no name to write under."""
    who = await authenticate(auth)
    if isinstance(who, ApiKey):
        raise Forbidden("An API key cannot do this. Use an agent's or a customer's token.")
    return who


async def authenticate_agent(auth: Authenticator) -> Identity:
    who = await authenticate(auth)
    if isinstance(who, ApiKey) or not who.is_agent:
        raise Forbidden("Only agents can do this.")
    return who


async def authenticate_admin(auth: Authenticator) -> Identity:
    agent = await authenticate_agent(auth)
    if not agent.is_admin:
        raise Forbidden("Only admins can do this.")
    return agent


async def authenticate_team(auth: Authenticator) -> Reader:
    """Return the agent or the backend; customers are not of the team."""
    who = await authenticate(auth)
    if not who.sees_team:
        raise Forbidden("Customers cannot do this.")
    return who


async def authenticate_backend(auth: Authenticator) -> ApiKey:
    who = await authenticate(auth)
    if not isinstance(who, ApiKey):
        raise Forbidden("Only a backend with an API key can do this.")
    return who
