"""Messages that answer an earlier one, and messages with Markdown."""

from __future__ import annotations

from uuid import uuid4

import httpx2
import pytest

from tests.client import message
from tests.server.fixtures import Connect
from tests.server.installation import Person


async def test_a_message_names_the_one_that_it_answers(
    connect: Connect, customer: Person, agent: Person, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await theirs.send_message(here, "Which size?")
    answer = message(here, "The small one", reply_to=1)
    first = await ours.ask("send_message", **answer)
    heard = await theirs.expect("message_received", seq=first["seq"])
    assert heard["reply_to"] == 1
    assert "reply_to" not in await theirs.expect("message_received", seq=1)
    assert (await ours.ask("send_message", **answer))["duplicate"] is True
    assert await ours.refusal("send_message", **{**answer, "reply_to": 2}) == "idempotency_conflict"
    body = {
        "client_msg_id": str(uuid4()),
        "content": {"type": "text", "text": "By the way"},
        "reply_to": first["seq"],
    }
    path = f"/chat/conversations/{here}/messages"
    assert (await rest.post(path, json=body, headers=customer.headers)).status_code == 201
    page = (await rest.get(path, headers=agent.headers)).json()["items"]
    assert page[-1]["reply_to"] == first["seq"]


async def test_only_a_message_of_the_same_lane_is_answered(
    connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.send_message(here, "Hello")
    await theirs.ask("react", **message(here), target_seq=1, emoji="👍", on=True)
    await ours.send_message(here, "A note", lane="team")
    await ours.send_message(here, "A second note", lane="team", reply_to=1)
    for target in (0, 2, 99, 2**53 - 1):
        assert await theirs.refusal("send_message", **message(here, reply_to=target)) == "not_found"
    assert await ours.refusal("send_message", **message(here, lane="team", reply_to=9)) == "not_found"
    for none in (-1, 2**53, "1", 1.5):
        assert await theirs.refusal("send_message", **message(here, reply_to=none)) == "invalid"


async def test_a_message_may_be_deleted_while_somebody_answers_it(
    connect: Connect, customer: Person, agent: Person
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.send_message(here, "My card is 4111")
    await theirs.ask("delete_message", **message(here), target_seq=1)
    await ours.send_message(here, "Please do not send that", reply_to=1)
    late = await connect(agent)
    await late.join(here, since=0)
    await late.reach(here, 3)
    assert "4111" not in str(late.seen)


def marked(text: str) -> dict[str, str]:
    return {"type": "text", "text": text, "format": "markdown"}


async def test_markdown_comes_with_its_plain_text(connect: Connect, customer: Person, agent: Person) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    source = "**Two** things:\n- [this](https://example.com)\n- `that`"
    plain = "Two things:\n- this (https://example.com)\n- that"
    ack = await ours.ask("send_message", **{**message(here), "content": marked(source)})
    heard = await theirs.expect("message_received")
    assert heard["content"] == {"type": "text", "text": plain, "markdown": source}
    await ours.ask("edit_message", **{**message(here), "content": marked("*One*")}, target_seq=ack["seq"])
    assert (await theirs.expect("message_edited"))["content"] == {
        "type": "text",
        "text": "One",
        "markdown": "*One*",
    }


@pytest.mark.parametrize(
    "text", ["Nothing of it", "2 * 3 * 4", "snake_case", "** **", "`漢" + "漢" * 15_000 + "`"]
)
async def test_a_text_without_a_form_is_plain(
    connect: Connect, customer: Person, agent: Person, text: str
) -> None:
    here = customer.conversation_id
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(here)
    await ours.ask("send_message", **{**message(here), "content": marked(text)})
    assert (await theirs.expect("message_received"))["content"] == {"type": "text", "text": text}


async def test_customers_write_plain_text(
    connect: Connect, customer: Person, rest: httpx2.AsyncClient
) -> None:
    here = customer.conversation_id
    client = await connect(customer)
    await client.send_message(here, "**as it is**")
    bold = {**message(here), "content": marked("**bold**")}
    assert await client.refusal("send_message", **bold) == "invalid"
    assert await client.refusal("edit_message", **bold, target_seq=1) == "invalid"
    body = {"client_msg_id": str(uuid4()), "content": marked("**bold**")}
    path = f"/chat/conversations/{here}/messages"
    assert (await rest.post(path, json=body, headers=customer.headers)).status_code == 422
