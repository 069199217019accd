from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import jwt
import msgspec
import pytest

from app.errors import AuthFailed, TokenExpired
from app.factory import Fireside, create_app
from app.people.provisioning.service import create_agent
from app.settings import Settings
from app.values.origin import Origin, parse_origin
from tests.rest_people import PASSWORD, Client, Person


def cookie_of(response: Any) -> Any:
    return SimpleCookie(response.headers["Set-Cookie"])["fireside_refresh"]


async def login(app: Fireside, **body: Any) -> Any:
    """From a browser of its own, without the cookies of the others."""
    client = app.test_client(use_cookies=False)
    return await client.post("/auth/login", json={"email": "ada@example.com", "password": PASSWORD, **body})


async def refresh(app: Fireside, token: str, **headers: str) -> Any:
    client = app.test_client(use_cookies=False)
    return await client.post("/auth/refresh", headers={"Cookie": f"fireside_refresh={token}", **headers})


async def use(app: Fireside, minutes_ago: int = 1) -> None:
    """Let the last use of all refresh tokens lie in the past."""
    await app.areas.spine.db.execute(
        "update refresh_tokens set used_at = used_at - make_interval(mins => $1)", minutes_ago
    )


async def test_login_gives_a_token_that_opens_the_rest_and_a_cookie_scripts_cannot_read(
    app: Fireside, agent: Person
) -> None:
    response = await login(app, email=" ADA@example.com ")
    body = await response.get_json()
    assert response.status_code == 200
    assert body["user"] == {
        "id": agent.id,
        "name": "Ada",
        "email": "ada@example.com",
        "role": "agent",
        "is_admin": False,
    }
    left = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    cookie = cookie_of(response)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/auth"
    assert not cookie["secure"]
    identity = await app.areas.people.auth.agent(body["access_token"])
    assert (identity.user_id, identity.role, identity.name) == (agent.id, "agent", "Ada")


async def test_the_cookie_is_secure_over_https(app: Fireside, agent: Person) -> None:
    client = app.test_client()
    response = await client.post(
        "/auth/login", json={"email": "ada@example.com", "password": PASSWORD}, scheme="https"
    )
    assert cookie_of(response)["secure"]


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    app: Fireside, agent: Person, subtests: pytest.Subtests
) -> None:
    for wrong in [
        {"password": "wrong horse"},
        {"email": "bob@example.com"},
        {"email": "'; drop table users"},
    ]:
        with subtests.test(wrong=wrong):
            response = await login(app, **wrong)
            assert response.status_code == 401
            assert await response.get_json() == {
                "code": "auth_failed",
                "message": "That email and password don't match.",
            }
            assert "Set-Cookie" not in response.headers


async def test_refresh_replaces_the_cookie_and_gives_a_new_token(app: Fireside, agent: Person) -> None:
    first = cookie_of(await login(app)).value
    response = await refresh(app, first)
    assert response.status_code == 200
    second = cookie_of(response).value
    assert second != first
    assert (await response.get_json())["user"]["id"] == agent.id
    assert (await refresh(app, second)).status_code == 200


async def test_two_tabs_that_refresh_at_once_get_the_same_successor(app: Fireside, agent: Person) -> None:
    first = cookie_of(await login(app)).value
    responses = await asyncio.gather(*(refresh(app, first) for _ in range(8)))
    assert [response.status_code for response in responses] == [200] * 8
    assert len({cookie_of(response).value for response in responses}) == 1


async def test_an_old_refresh_token_that_comes_again_ends_the_whole_sign_in(
    app: Fireside, agent: Person
) -> None:
    response = await login(app)
    access_token = (await response.get_json())["access_token"]
    first = cookie_of(response).value
    second = cookie_of(await refresh(app, first)).value
    third = cookie_of(await refresh(app, second)).value
    await use(app)

    thief = await refresh(app, first)
    assert thief.status_code == 401
    assert (await refresh(app, third)).status_code == 401
    with pytest.raises(AuthFailed):
        await app.areas.people.auth.agent(access_token)
    # The agent's other browsers are not concerned.
    await app.areas.people.auth.agent(agent.token)


async def test_an_answer_that_was_lost_or_came_late_costs_nobody_the_sign_in(
    app: Fireside, agent: Person
) -> None:
    first = cookie_of(await login(app)).value
    second = cookie_of(await refresh(app, first)).value
    await use(app, minutes_ago=600)
    # The answer was lost, or an older one has taken the cookie back a step: the successor waits unused.
    again = await refresh(app, first)
    assert (again.status_code, cookie_of(again).value) == (200, second)
    third = cookie_of(await refresh(app, second)).value
    fourth = cookie_of(await refresh(app, third)).value
    await use(app)
    again = await refresh(app, third)
    assert (again.status_code, cookie_of(again).value) == (200, fourth)
    assert (await refresh(app, fourth)).status_code == 200


async def test_a_thief_who_stays_a_step_behind_is_noticed_at_the_second(app: Fireside, agent: Person) -> None:
    first = cookie_of(await login(app)).value
    second = cookie_of(await refresh(app, first)).value
    await use(app)
    assert cookie_of(await refresh(app, first)).value == second
    third = cookie_of(await refresh(app, second)).value
    await use(app)
    assert (await refresh(app, second)).status_code == 401
    assert (await refresh(app, third)).status_code == 401


async def test_a_refusal_leaves_the_cookie_of_a_newer_sign_in_alone(app: Fireside, agent: Person) -> None:
    """It may arrive after that sign-in's own answer."""
    client = app.test_client()
    await client.post("/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
    refused = await refresh(app, "made-up")
    assert refused.status_code == 401
    assert "Set-Cookie" not in refused.headers


@pytest.mark.parametrize(
    "written",
    ["ADA@EXAMPLE.COM", " ada@example.com. ", "\uff41\uff44\uff41@example.com", "ada@example.com\u3000"],
)
async def test_however_an_address_is_written_its_wrong_passwords_are_counted_together(
    app: Fireside, agent: Person, written: str
) -> None:
    assert (await login(app, email=written)).status_code == 200
    for _ in range(app.areas.spine.settings.limits.login_failures):
        assert (await login(app, password="wrong horse")).status_code == 401
    assert (await login(app, email=written)).status_code == 429


async def test_a_letter_that_is_small_only_in_some_languages_is_another_address(
    app: Fireside, agent: Person
) -> None:
    db = app.areas.spine.db
    await create_agent(db, email="admin@example.com", name="Root", password=PASSWORD, role="admin")
    for written in ("adm\u0130n@example.com", "ADM\u0130N@example.com", "adm\u0131n@example.com"):
        assert (await login(app, email=written)).status_code == 401


async def test_logout_ends_the_sign_in_and_says_so_to_open_sockets(app: Fireside, agent: Person) -> None:
    auth = app.areas.people.auth
    identity = await auth.agent(agent.token)
    other = await auth.agent((await (await login(app)).get_json())["access_token"])
    assert await auth.revoked([identity, other]) == set()
    response = await agent.client.post("/auth/logout")
    assert response.status_code == 204
    assert await auth.revoked([identity, other]) == {identity}
    assert (await agent.client.post("/auth/refresh")).status_code == 401
    assert (await agent.client.post("/auth/logout")).status_code == 204


async def test_refresh_without_or_with_an_unknown_cookie_is_401(app: Fireside) -> None:
    response = await app.test_client().post("/auth/refresh")
    assert (response.status_code, (await response.get_json())["code"]) == (401, "not_authenticated")
    response = await refresh(app, "made-up")
    assert (response.status_code, (await response.get_json())["code"]) == (401, "auth_failed")


async def test_pages_of_other_sites_cannot_use_the_cookie(client: Client, subtests: pytest.Subtests) -> None:
    for path in ["/auth/login", "/auth/refresh", "/auth/logout"]:
        for origin in ["https://evil.example", "null", "http://localhost.evil.example", "http://["]:
            with subtests.test(path=path, origin=origin):
                response = await client.post(path, headers={"Origin": origin}, json={})
                assert (response.status_code, (await response.get_json())["code"]) == (403, "forbidden")
                assert "Access-Control-Allow-Origin" not in response.headers


async def test_our_own_pages_may_sign_in_behind_a_proxy_that_ends_tls(app: Fireside, agent: Person) -> None:
    response = await app.test_client().post(
        "/auth/login",
        headers={"Origin": "https://localhost"},
        json={"email": "ada@example.com", "password": PASSWORD},
    )
    assert response.status_code == 200


async def test_a_disabled_agent_is_out_at_once(app: Fireside, agent: Person) -> None:
    auth = app.areas.people.auth
    identity = await auth.agent(agent.token)
    await app.areas.spine.db.execute("update users set disabled_at = now() where id = $1", agent.id)
    assert await auth.revoked([identity]) == {identity}
    assert (await agent.get("/chat/agents")).status_code == 401
    assert (await login(app)).status_code == 401
    assert (await agent.client.post("/auth/refresh")).status_code == 401


async def test_a_new_password_signs_out_everywhere(app: Fireside, agent: Person) -> None:
    await create_agent(
        app.areas.spine.db, email="Ada@Example.com", name="Ada", password="new password", role=None
    )
    assert (await agent.get("/chat/agents")).status_code == 401
    assert (await login(app)).status_code == 401
    assert (await login(app, password="new password")).status_code == 200


async def test_hostile_access_tokens_are_refused(app: Fireside, agent: Person) -> None:
    auth = app.areas.people.auth
    secret = auth._secret
    good = {"sub": str(agent.id), "aud": "ws-admin", "exp": 4102444800}
    await auth.agent(jwt.encode(good, secret, "HS256"))
    forged = [
        jwt.encode(good, "x" * 32, "HS256"),
        jwt.encode(good, "", "none"),
        jwt.encode(good, secret.ljust(64), "HS512"),
        jwt.encode({**good, "aud": "ws-widget"}, secret, "HS256"),
        jwt.encode({key: value for key, value in good.items() if key != "aud"}, secret, "HS256"),
        jwt.encode({key: value for key, value in good.items() if key != "exp"}, secret, "HS256"),
        jwt.encode({**good, "sub": "not a number"}, secret, "HS256"),
        jwt.encode({**good, "sub": "99999999999999999999"}, secret, "HS256"),
        jwt.encode({**good, "sub": "0"}, secret, "HS256"),
        jwt.encode({**good, "sid": "no-uuid"}, secret, "HS256"),
        jwt.encode({**good, "sid": 7}, secret, "HS256"),
        "",
        ".",
        "..",
        "é.é.é",
        "a" * 100_000,
    ]
    for token in forged:
        with pytest.raises(AuthFailed) as caught:
            await auth.agent(token)
        assert not isinstance(caught.value, TokenExpired)
    with pytest.raises(TokenExpired):
        await auth.agent(jwt.encode({**good, "exp": 1}, secret, "HS256"))


async def test_a_customer_is_no_agent_whatever_the_token_says(
    app: Fireside, agent: Person, customer: Person
) -> None:
    token = jwt.encode(
        {"sub": str(customer.id), "aud": "ws-admin", "exp": 4102444800},
        app.areas.people.auth._secret,
        "HS256",
    )
    with pytest.raises(AuthFailed):
        await app.areas.people.auth.agent(token)
    with pytest.raises(AuthFailed):
        await app.areas.people.auth.agent(customer.token)
    with pytest.raises(AuthFailed):
        await app.areas.people.auth.customer(agent.token)


async def test_somebody_who_guesses_passwords_is_told_to_come_back_later(
    app: Fireside, agent: Person
) -> None:
    for _ in range(app.areas.spine.settings.limits.login_failures):
        assert (await login(app, password="wrong horse")).status_code == 401
    refused = await login(app, password="wrong horse")
    body = await refused.get_json()
    assert (refused.status_code, body["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) * 1000 >= body["retry_after_ms"] > 0


@pytest.mark.parametrize(
    ("public_url", "told"),
    [
        (None, "set PUBLIC_URL=https://chat.example"),
        (parse_origin("https://elsewhere.example"), "PUBLIC_URL is https://elsewhere.example"),
    ],
)
async def test_a_page_that_is_not_ours_is_told_what_is_wrong_with_the_set_up(
    settings: Settings, public_url: Origin | None, told: str
) -> None:
    """A proxy that rewrites Host; and a wrong address in the settings."""
    app = create_app(msgspec.structs.replace(settings, public_url=public_url))
    headers = {"Origin": "https://chat.example", "Host": "127.0.0.1:3001"}
    async with app.test_app():
        for path in ("/auth/login", "/auth/refresh", "/auth/logout"):
            response = await app.test_client().post(path, headers=headers, json={})
            assert response.status_code == 403
            assert told in (await response.get_json())["message"]


async def put(person: Person, path: str, json: Any) -> Any:
    return await person.client.put(path, headers=person.headers, json=json)


async def test_an_agent_changes_their_name(app: Fireside, agent: Person) -> None:
    renamed = await put(agent, "/auth/profile", {"name": " Ada Byron "})
    assert (renamed.status_code, (await renamed.get_json())["name"]) == (200, "Ada Byron")
    colleagues = await (await agent.get("/chat/agents")).get_json()
    assert [one["name"] for one in colleagues["items"]] == ["Ada Byron"]
    for name in ("", "  ", "two\nlines", "x" * 201):
        assert (await put(agent, "/auth/profile", {"name": name})).status_code in {413, 422}


async def test_a_new_password_takes_the_old_one_and_ends_the_other_sign_ins(
    app: Fireside, agent: Person
) -> None:
    elsewhere, here = await login(app), await login(app)
    ended: list[int] = []
    app.areas.people.accounts.on_ended.add(ended.append)
    mine = Person(app.test_client(use_cookies=False), (await here.get_json())["access_token"], agent.id)
    new = {"password": PASSWORD, "new_password": "a longer, better horse"}
    wrong = await put(mine, "/auth/password", {**new, "password": "wrong horse"})
    assert (wrong.status_code, (await wrong.get_json())["code"]) == (403, "forbidden")
    assert (await put(mine, "/auth/password", {**new, "new_password": "short"})).status_code == 422
    assert (await login(app)).status_code == 200
    assert (await put(mine, "/auth/password", new)).status_code == 204
    assert ended == [agent.id]
    assert (await login(app)).status_code == 401
    assert (await login(app, password=new["new_password"])).status_code == 200
    assert (await refresh(app, cookie_of(elsewhere).value)).status_code == 401
    assert (await refresh(app, cookie_of(here).value)).status_code == 200


async def test_a_stolen_token_is_no_way_to_try_passwords(app: Fireside, agent: Person) -> None:
    tries = app.areas.spine.settings.limits.login_failures
    body = {"password": "wrong horse", "new_password": "a longer, better horse"}
    statuses = [(await put(agent, "/auth/password", body)).status_code for _ in range(tries + 1)]
    assert statuses == [403] * tries + [429]
    assert (await put(agent, "/auth/password", {**body, "password": PASSWORD})).status_code == 429
