"""The referee finds what is wrong with histories made by hand, and nothing in a good one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.faults.history import (
    Acked,
    Ending,
    Entry,
    Event,
    Followed,
    History,
    Marked,
    Reading,
    Received,
    Row,
    Sent,
    Signalled,
)
from tests.faults.referee import judge

PLACE, NOTES, ELSEWHERE = ("c", 0), ("c", 1), ("d", 0)
ADA, BEN = 1, 2


def entry(seq: int, *, place: tuple[str, int] = PLACE, **changes: Any) -> Entry:
    standard = {
        "place": place,
        "seq": seq,
        "type": "message_received",
        "sender_id": ADA,
        "client_msg_id": f"m{seq}",
        "message_id": f"id{seq}",
        "body": f"text {seq}",
    }
    return Entry(**{**standard, **changes})


def row(**changes: Any) -> Row:
    standard = {"version": 3, "status": "open", "last_seq": 2, "team_last_seq": 1, "unread": 2}
    return Row(**{**standard, **changes})


class Story:
    """A good run: Ada sends two messages, Ben reads them over two connections, and leaves a note."""

    def __init__(self) -> None:
        self.now = 0.0
        note = entry(1, place=NOTES, sender_id=BEN, client_msg_id="n1", message_id="note", body="a note")
        self.history = History()
        self.ending = Ending(
            rows=[entry(1), entry(2), note],
            heads={PLACE: 2, NOTES: 1, ELSEWHERE: 0},
            histories={("ada", PLACE): [entry(1), entry(2)], ("ben", NOTES): [note]},
            visible={ADA: {PLACE}, BEN: {PLACE, NOTES, ELSEWHERE}},
            positions={"ada": {PLACE: 2}, "ben": {PLACE: 2, NOTES: 1}},
            listed={"c": row()},
            lists={"ben": {"c": row()}},
            marks={(PLACE, ADA): 2},
            readings={("c", BEN): Reading(2, 1, 1, 1)},
            told_readings={("ben", BEN): {"c": Reading(2, 1, 1, 1)}},
            presences={ADA: "online", BEN: "busy"},
            seen={"ben": {ADA: "online"}},
            expected={ADA: "online", BEN: "busy"},
        )
        self.add("ada", Marked, place=PLACE, seq=2)
        self.add("ada", Followed, place=PLACE, since=0)
        self.add("ben", Followed, place=PLACE, since=0)
        self.add("ben", Followed, place=NOTES, since=0)
        for number, connection in ((1, "first"), (2, "second")):
            self.add("ada", Sent, place=PLACE, client_msg_id=f"m{number}", body=f"text {number}")
            self.add("ada", Received, entry=entry(number))
            self.add(
                "ada", Acked, place=PLACE, client_msg_id=f"m{number}", seq=number, message_id=f"id{number}"
            )
            if connection == "second":
                self.add("ben", Followed, place=PLACE, since=1, connection="second")
            self.add("ben", Received, entry=entry(number), connection=connection)
        self.add("ben", Followed, place=NOTES, since=0, connection="second")
        self.add("ben", Sent, place=NOTES, client_msg_id="n1", body="a note")
        self.add("ben", Acked, place=NOTES, client_msg_id="n1", seq=1, message_id="note")
        self.add("ben", Received, entry=note, connection="second")

    def add(self, client: str, kind: type[Event], *, connection: str = "first", **fields: Any) -> None:
        self.now += 1
        who: dict[str, Any] = {"client": client, "user_id": {"ada": ADA, "ben": BEN}[client]}
        self.history.events.append(kind(at=self.now, connection=connection, server="s", **who, **fields))

    def change(self, match: Callable[[Any], bool], **changes: Any) -> None:
        """Change the one event that matches."""
        (index,) = [index for index, event in enumerate(self.history.events) if match(event)]
        self.history.events[index] = msgspec.structs.replace(self.history.events[index], **changes)

    def drop(self, match: Callable[[Any], bool]) -> None:
        self.history.events = [event for event in self.history.events if not match(event)]

    @property
    def broken_rules(self) -> set[str]:
        return {finding.rule for finding in judge(self.history, self.ending)}


@pytest.fixture
def story() -> Story:
    return Story()


def received(client: str, seq: int) -> Callable[[Any], bool]:
    return lambda event: (
        isinstance(event, Received)
        and event.client == client
        and event.entry.place == PLACE
        and event.entry.seq == seq
    )


def acked(client_msg_id: str) -> Callable[[Any], bool]:
    return lambda event: isinstance(event, Acked) and event.client_msg_id == client_msg_id


def test_a_good_run_breaks_no_rule(story: Story) -> None:
    assert judge(story.history, story.ending) == []


def test_an_acked_message_that_is_not_in_the_log_is_lost(story: Story) -> None:
    del story.ending.rows[1]
    assert "lost" in story.broken_rules


def test_an_ack_that_names_another_seq_than_the_log_is_a_loss(story: Story) -> None:
    story.change(acked("m2"), seq=7)
    assert story.broken_rules == {"lost"}


def test_a_message_stored_twice_is_found_though_both_seqs_are_gapless(story: Story) -> None:
    again = entry(3, client_msg_id="m2", message_id="again", body="text 2")
    story.ending.rows.append(again)
    story.ending.heads[PLACE] = 3
    assert "doubled" in story.broken_rules


def test_two_acks_with_two_seqs_are_one_message_twice(story: Story) -> None:
    story.add("ada", Acked, place=PLACE, client_msg_id="m2", seq=1, message_id="id1")
    assert "doubled" in story.broken_rules


def test_a_row_that_nobody_sent_is_invented(story: Story) -> None:
    story.drop(lambda event: isinstance(event, Sent) and event.client_msg_id == "m1")
    assert story.broken_rules == {"invented"}


def test_a_row_with_other_words_than_were_sent_is_invented(story: Story) -> None:
    story.change(
        lambda event: isinstance(event, Sent) and event.client_msg_id == "m1", body="what was really said"
    )
    assert story.broken_rules == {"invented"}


def test_a_hole_in_the_log_is_found(story: Story) -> None:
    del story.ending.rows[0]
    assert "holes" in story.broken_rules


def test_one_seq_given_to_two_messages_is_found(story: Story) -> None:
    story.ending.rows.append(entry(2, client_msg_id="other", message_id="other"))
    assert "holes" in story.broken_rules


def test_a_head_beyond_the_last_entry_is_found(story: Story) -> None:
    story.ending.heads[PLACE] = 3
    assert {"holes", "incomplete"} <= story.broken_rules


def test_an_entry_skipped_by_a_socket_is_found(story: Story) -> None:
    story.drop(received("ben", 1))
    assert "torn_streams" in story.broken_rules


def test_an_entry_delivered_twice_to_one_client_is_found(story: Story) -> None:
    story.add("ben", Received, entry=entry(2), connection="second")
    assert story.broken_rules == {"torn_streams"}


def test_entries_delivered_in_the_wrong_order_are_found(story: Story) -> None:
    first, second = (next(e for e in story.history.events if received("ada", seq)(e)) for seq in (1, 2))
    story.change(received("ada", 1), entry=entry(99))
    story.change(received("ada", 2), entry=first.entry)  # type: ignore[attr-defined]
    story.change(received("ada", 99), entry=second.entry)  # type: ignore[attr-defined]
    assert "torn_streams" in story.broken_rules


def test_a_client_that_goes_on_from_elsewhere_after_a_reconnect_is_found(story: Story) -> None:
    story.change(
        lambda event: isinstance(event, Followed) and event.connection == "second" and event.place == PLACE,
        since=0,
    )
    assert "torn_streams" in story.broken_rules


def test_an_entry_on_a_connection_that_did_not_ask_for_it_is_found(story: Story) -> None:
    story.add("ada", Received, entry=entry(3), connection="another")
    assert "torn_streams" in story.broken_rules


def test_a_client_that_never_heard_of_the_last_message_is_found(story: Story) -> None:
    story.drop(received("ben", 2))
    story.ending.positions["ben"][PLACE] = 1
    assert story.broken_rules == {"incomplete"}


def test_a_socket_that_was_told_other_words_than_the_log_has_is_found(story: Story) -> None:
    story.change(received("ben", 2), entry=entry(2, body="something else"))
    assert story.broken_rules == {"disagreements"}


def test_a_history_page_that_lacks_an_entry_is_found(story: Story) -> None:
    del story.ending.histories["ada", PLACE][0]
    assert story.broken_rules == {"disagreements"}


def test_a_sender_whose_messages_changed_places_is_found(story: Story) -> None:
    for row, name in ((0, 2), (1, 1)):
        story.ending.rows[row] = entry(
            row + 1, client_msg_id=f"m{name}", message_id=f"id{name}", body=f"text {name}"
        )
    assert "disorder" in story.broken_rules


def test_a_message_sent_after_another_was_acked_may_not_stand_before_it(story: Story) -> None:
    """Two senders, so that no sender's own order is broken."""
    late = entry(1, sender_id=BEN, client_msg_id="late", message_id="late", body="late")
    story.add("ben", Sent, place=PLACE, client_msg_id="late", body="late", connection="second")
    story.ending.rows = [late, entry(2, client_msg_id="m1", message_id="id1", body="text 1")]
    assert any("after the ack of a later" in finding.what for finding in judge(story.history, story.ending))


def test_an_entry_that_reached_who_may_not_see_it_is_found(story: Story) -> None:
    story.add("ada", Followed, place=NOTES, since=0)
    story.add("ada", Received, entry=story.ending.rows[2])
    assert story.broken_rules == {"leaks"}


def test_a_signal_of_another_conversation_is_found(story: Story) -> None:
    story.add("ada", Signalled, conversation_id="d", type="typing_indicator")
    assert story.broken_rules == {"leaks"}


def test_an_ack_for_a_message_into_a_foreign_conversation_is_found(story: Story) -> None:
    foreign = entry(1, place=ELSEWHERE, client_msg_id="x", message_id="x", body="x")
    story.add("ada", Sent, place=ELSEWHERE, client_msg_id="x", body="x")
    story.add("ada", Acked, place=ELSEWHERE, client_msg_id="x", seq=1, message_id="x")
    story.ending.rows.append(foreign)
    story.ending.heads[ELSEWHERE] = 1
    assert story.broken_rules == {"leaks"}


def test_a_row_by_who_may_not_write_there_is_found_without_an_ack(story: Story) -> None:
    story.add("ada", Sent, place=NOTES, client_msg_id="x", body="x")
    story.ending.rows.append(entry(2, place=NOTES, client_msg_id="x", message_id="x", body="x"))
    story.ending.heads[NOTES] = story.ending.positions["ben"][NOTES] = 2
    assert "leaks" in story.broken_rules


@pytest.mark.parametrize(
    "known",
    [{}, {"c": row(version=2, last_seq=1)}, {"c": row(unread=0)}, {"c": row(status="closed")}],
    ids=["missing", "old", "read", "closed"],
)
def test_a_list_that_is_not_as_postgres_has_it(known: dict[str, Row]) -> None:
    story = Story()
    story.ending.lists["ben"] = known
    assert story.broken_rules == {"stale_lists"}


@pytest.mark.parametrize("stored", [0, 1, 3])
def test_a_mark_that_is_not_the_largest_that_was_sent_is_found(story: Story, stored: int) -> None:
    story.ending.marks[PLACE, ADA] = stored
    assert story.broken_rules == {"lost_marks"}


def test_the_notes_have_a_mark_of_their_own(story: Story) -> None:
    story.add("ben", Marked, place=NOTES, seq=1)
    assert story.broken_rules == {"lost_marks"}
    story.ending.marks[NOTES, BEN] = 1
    assert not story.broken_rules


@pytest.mark.parametrize(
    "told", [Reading(1, 1, 1, 1), Reading(2, 0, 1, 1), Reading(2, 1, None, 1), Reading()]
)
def test_a_tab_that_knows_its_agents_reading_otherwise_than_it_is_stored_is_found(
    story: Story, told: Reading
) -> None:
    story.ending.told_readings["ben", BEN]["c"] = told
    assert story.broken_rules == {"stale_readings"}


def test_a_presence_that_is_not_what_it_must_be_is_found(story: Story) -> None:
    story.ending.expected[BEN] = "offline"
    assert story.broken_rules == {"wrong_presences"}


def test_a_presence_that_an_agent_sees_otherwise_than_it_is_stored_is_found(story: Story) -> None:
    story.ending.seen["ben"][ADA] = "offline"
    assert story.broken_rules == {"stale_presences"}
