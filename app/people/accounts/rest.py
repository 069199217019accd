"""/auth: agents sign in, stay signed in, and sign out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from quart import Blueprint, Response, request

from app.errors import AuthFailed, Forbidden, NotAuthenticated, RateLimited
from app.people.accounts.emails import fold_email
from app.people.accounts.passwords import MAX_CHARS, MIN_CHARS
from app.people.accounts.service import Accounts, SignIn
from app.people.agent import Agent
from app.spine.http.allowances import allow
from app.spine.http.bearer import authenticate_agent
from app.spine.http.clients import client_of, scheme
from app.spine.http.operations import make_response, operation
from app.spine.http.origins import refuse_foreign_origin
from app.spine.sockets.spine import Spine
from app.values.origin import scheme_of
from app.values.text import NAME_CHARS, NO_NUL, ONE_LINE, name


class Login(Struct, frozen=True):
    email: Annotated[str, Meta(min_length=1, max_length=254, pattern=NO_NUL)]
    password: Annotated[str, Meta(min_length=1, max_length=1024)]


class Profile(Struct, frozen=True):
    name: Annotated[str, Meta(min_length=1, max_length=NAME_CHARS, extra_json_schema={"pattern": ONE_LINE})]


class PasswordChange(Struct, frozen=True):
    password: Annotated[str, Meta(min_length=1, max_length=1024)]
    """The present one."""
    new_password: Annotated[str, Meta(min_length=MIN_CHARS, max_length=MAX_CHARS)]


class AgentUser(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    email: str
    role: Literal["agent"] = "agent"
    is_admin: bool


class SignedIn(Struct, frozen=True):
    """A short access token; the refresh token is in a cookie that scripts cannot read."""

    access_token: str
    expires_at: datetime
    expires_in: int
    """Seconds; for clients whose clock is wrong."""
    user: AgentUser


COOKIE = "fireside_refresh"


def blueprint(spine: Spine, accounts: Accounts) -> Blueprint:
    auth = Blueprint("auth", __name__, url_prefix="/auth")
    settings = spine.settings

    @auth.before_request
    async def check_origin() -> None:
        # The cookie is SameSite=Strict, but another port or subdomain is still the same site.
        refuse_foreign_origin(spine.origins)

    @auth.post("/login")
    @operation(body=Login, gives={200: SignedIn}, errors=[AuthFailed, Forbidden, RateLimited])
    async def login(body: Login) -> Response:
        """Sign in as an agent.

        Gives a short access token, and a refresh token in an HttpOnly cookie.
        """
        email, client = fold_email(body.email), client_of(request, settings.trusted_proxies)
        return signed_in(await accounts.sign_in(email, body.password, address=client))

    @auth.post("/refresh")
    @operation(gives={200: SignedIn}, errors=[NotAuthenticated, AuthFailed, Forbidden])
    async def refresh() -> Response:
        """Get a new access token with the refresh cookie, which is replaced."""
        token = request.cookies.get(COOKIE)
        if not token:
            raise NotAuthenticated("Sign in first.")
        # A refusal takes no cookie away: it may arrive after the answer of a newer sign-in, whose cookie it would be.
        return signed_in(await accounts.refresh(token))

    @auth.post("/logout")
    @operation(gives={204: None}, errors=[Forbidden])
    async def logout() -> Response:
        """Sign out. Open sockets of this sign-in are closed within half a minute."""
        token = request.cookies.get(COOKIE)
        if token:
            await accounts.sign_out(token)
        return without_cookie(make_response(None))

    @auth.put("/profile")
    @operation(body=Profile, gives={200: AgentUser}, errors=[Forbidden, RateLimited], by=["agent"])
    async def change_profile(body: Profile) -> AgentUser:
        """Change your name, as colleagues and customers see it."""
        identity = await authenticate_agent(spine.auth)
        await allow(spine, identity, "sends")
        return user_of(await accounts.rename(identity.user_id, name(body.name.strip())))

    @auth.put("/password")
    @operation(body=PasswordChange, gives={204: None}, errors=[Forbidden, RateLimited], by=["agent"])
    async def change_password(body: PasswordChange) -> None:
        """Change your password. Your other sign-ins end, and their sockets within half a minute."""
        identity = await authenticate_agent(spine.auth)
        client = client_of(request, settings.trusted_proxies)
        await accounts.change_password(identity, body.password, body.new_password, address=client)

    def user_of(agent: Agent) -> AgentUser:
        return AgentUser(id=agent.id, name=agent.name, email=agent.email, is_admin=agent.is_admin)

    def signed_in(sign_in: SignIn) -> Response:
        response = make_response(
            SignedIn(
                sign_in.access.token,
                sign_in.access.expires_at,
                settings.access_token_seconds,
                user_of(sign_in.agent),
            )
        )
        response.set_cookie(
            COOKIE,
            sign_in.refresh_token,
            expires=sign_in.refresh_expires_at,
            path="/auth",
            httponly=True,
            samesite="Strict",
            secure=is_secure(),
        )
        return response

    def without_cookie(response: Response) -> Response:
        response.delete_cookie(COOKIE, path="/auth", httponly=True, samesite="Strict", secure=is_secure())
        return response

    def is_secure() -> bool:
        return scheme(settings.trusted_proxies) == "https" or (
            settings.public_url is not None and scheme_of(settings.public_url) == "https"
        )

    return auth
