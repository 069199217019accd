"""Messages through a socket: sent, stored, answered, received."""

from __future__ import annotations

from tests.server.fixtures import Connect
from tests.server.installation import Person


async def test_a_message_reaches_the_other_side_and_its_sender(
    connect: Connect, customer: Person, agent: Person
) -> None:
    theirs, ours = await connect(customer), await connect(agent)
    await theirs.join(customer.conversation_id)
    await ours.join(customer.conversation_id)
    ack = await theirs.send_message(customer.conversation_id, "Is anyone there?")
    assert (ack["seq"], ack["duplicate"]) == (1, False)
    for client in (theirs, ours):
        received = await client.expect("message_received", seq=1)
        assert received["content"] == {"type": "text", "text": "Is anyone there?"}
        assert received["sender"] == {"id": customer.id, "role": "customer", "name": customer.name}
        assert received["message_id"] == ack["message_id"]
        assert "lane" not in received
