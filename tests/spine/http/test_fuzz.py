"""The REST API under what its own description allows, and under what it forbids, said by everybody who might."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app.people.tokens import hash_token, make_token
from tests.server.installation import Installation, Person
from tests.server.processes import Server
from tests.spine.http.rows import Rows
from tests.spine.http.test_openapi import whole_numbers

load_all_checks()
JUDGED: Any = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "positive_data_acceptance",
        "missing_required_header",
    ]
)
ALONE = {("/chat/conversations/{conversation_id}", name) for name in ("assignee_id", "team_id")}
"""Whole numbers that make a body by themselves, with the path."""
EXAMPLES = 10
"""Of each operation, for each person, of what is allowed and of what is not."""
fuzzing = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SPEAKERS = {"nobody": "", "agent": "agent", "customer": "session", "backend": "api_key"}
"""The speakers, and how the description names their token."""


@pytest.fixture(scope="module")
def schema(server: Server) -> OpenApiSchema:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    # A refusal for what there is, or for whoever asks, has a status of its own. 422 means that the description should
    # have forbidden it.
    schema.config.checks.positive_data_acceptance.expected_statuses.append("410")
    return schema


@pytest.fixture(scope="module")
def customer_here(installation: Installation, server: Server) -> Person:
    return asyncio.run(installation.customer(server))


@pytest.fixture(scope="module")
def admin_here(installation: Installation) -> Person:
    return asyncio.run(installation.agent(is_admin=True))


@pytest.fixture(params=SPEAKERS)
def speaker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def headers(
    speaker: str, installation: Installation, customer_here: Person, admin_here: Person
) -> dict[str, str]:
    """Their credentials, as a header."""
    if speaker == "nobody":
        return {}
    if speaker == "customer":
        return customer_here.headers
    if speaker == "agent":
        return admin_here.headers
    key, name = make_token("fsk_"), str(uuid4())
    asyncio.run(
        installation.sql("insert into api_keys (name, key_hash) values ($1, $2)", name, hash_token(key))
    )
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def operations(schema: OpenApiSchema) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def test_allowed_calls_are_answered_as_described(
    schema: OpenApiSchema,
    installation: Installation,
    customer_here: Person,
    admin_here: Person,
    speaker: str,
    headers: dict[str, str],
    session: requests.Session,
    subtests: pytest.Subtests,
) -> None:
    rows = Rows(installation, customer_here, admin_here)
    for operation in operations(schema):
        statuses: set[int] = set()
        asyncio.run(installation.sql("update conversations set status = 'open'"))
        asyncio.run(installation.sql("update sessions set revoked_at = null"))

        @fuzzing
        @given(operation.as_strategy(GenerationMode.POSITIVE))
        def say(case: Case[Any]) -> None:
            rows.put_into(case)
            if speaker == "customer":
                speak_as_customer(case)
            response = case.call(session=session, headers=dict(headers))
            statuses.add(response.status_code)  # noqa: B023
            case.validate_response(response, checks=JUDGED)

        with subtests.test(operation.label):
            say()
            if {SPEAKERS[speaker]: []} in operation.definition.raw["security"]:
                # A call that was refused for another reason has not been tried.
                assert statuses & {200, 201, 202, 204}, statuses


def test_calls_that_are_not_allowed_are_refused_as_described(
    schema: OpenApiSchema, headers: dict[str, str], session: requests.Session, subtests: pytest.Subtests
) -> None:
    for operation in operations(schema):
        if not (operation.body or list(operation.iter_parameters())):
            continue

        known = {parameter.name for parameter in operation.query}

        @fuzzing
        @given(operation.as_strategy(GenerationMode.NEGATIVE))
        def say(case: Case[Any]) -> None:
            # A name that nobody knows is ignored, as an unknown field is: newer clients speak to older servers.
            assume(known.issuperset(case.query or ()))  # noqa: B023
            if case.operation.path.endswith("/events"):
                # Of what is refused nothing waits; what turns out to be allowed must not either.
                case.query = {"wait": 0, **(case.query or {})}
            response = case.call(session=session, headers=dict(headers))
            # With a number beyond its column's it is another address, which no operation describes.
            if response.status_code != 405:
                case.validate_response(response, checks=JUDGED)

        with subtests.test(operation.label):
            say()


def test_numbers_at_their_bounds_are_answered_and_those_beyond_refused(
    schema: OpenApiSchema,
    installation: Installation,
    customer_here: Person,
    speaker: str,
    headers: dict[str, str],
    session: requests.Session,
) -> None:
    # The test of what is allowed has ended the customer's session, for it may.
    asyncio.run(installation.sql("update sessions set revoked_at = null"))
    for operation in operations(schema):
        for place, name, described in whole_numbers(operation.definition.raw, schema.raw_schema):
            least, most = described["minimum"], described["maximum"]
            is_part = place == "path" or (place == "body" and (operation.path, name) not in ALONE)
            for number in {least, most, least - 1, most + 1, -1, 0, 2**31, 2**53, 2**63, 10**40}:
                paths: dict[str, Any] = {parameter.name: 1 for parameter in operation.path_parameters}
                paths |= {"conversation_id": customer_here.conversation_id, "action_id": str(uuid4())}
                case = operation.Case(
                    path_parameters=paths | ({name: number} if place == "path" else {}),
                    query={"wait": 0, name: number} if place == "query" else None,
                    body={name: number} if place == "body" else {} if operation.body else NOT_SET,
                )
                status = case.call(session=session, headers=dict(headers)).status_code
                fits, what = least <= number <= most, (operation.label, name, number)
                if place == "path" and not fits:
                    assert status in {404, 405}, what  # There is no such path.
                elif speaker == "nobody":
                    assert status in {401, 422}, what
                elif fits:
                    # There is no agent of either number, and some of these are not for everybody.
                    # Where the number is but a part, the rest of what was asked is missing.
                    assert status in {200, 202, 204, 403, 404} | ({422} if is_part else set()), what
                elif is_part:
                    # A number of a part inside the body stands alone here, as a field that nobody knows.
                    assert status in {200, 202, 204, 403, 404, 422}, what
                else:
                    assert status in {403, 422}, what


def speak_as_customer(case: Case[Any]) -> None:
    """Write plain text, and mention nobody: a description does not say who may use which of its fields."""
    content = case.body.get("content") if isinstance(case.body, dict) else None
    if isinstance(content, dict):
        content.pop("format", None)
        content.pop("mentions", None)
