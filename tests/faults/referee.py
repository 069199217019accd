"""Judge a recorded history: does it keep the promise of docs/delivery.md?

Pure: a history and an ending go in, findings come out; none means that every rule held. The rules follow Jepsen's
checkers for logs and queues (lost write, inconsistent offset, duplicate, skipped or repeated poll).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec import Struct

from tests.faults.history import (
    Acked,
    Ending,
    Entry,
    Event,
    Followed,
    History,
    Marked,
    Place,
    Reading,
    Received,
    Sent,
    Signalled,
)

MESSAGE = "message_received"
Kind = TypeVar("Kind", bound=Event)
Key = tuple[Place, int, str]
"""The identity of a message: its lane, its sender, its client_msg_id."""


class Finding(Struct, frozen=True):
    """A broken promise: the rule's name, and what was seen."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def judge(history: History, ending: Ending) -> list[Finding]:
    """Return every breach of the promise, in the order of the rules."""
    return [
        Finding(rule.__name__.removeprefix("find_"), what) for rule in RULES for what in rule(history, ending)
    ]


def events(history: History, kind: type[Kind]) -> Iterator[Kind]:
    return (event for event in history.events if isinstance(event, kind))


def key_of(entry: Entry) -> Key:
    return entry.place, entry.sender_id, entry.client_msg_id


def find_lost(history: History, ending: Ending) -> Iterator[str]:
    """D1: what was acked is in the log, under the seq and the id of the ack."""
    stored = defaultdict(set)
    for row in ending.rows:
        stored[key_of(row)].add((row.seq, row.message_id))
    for ack in events(history, Acked):
        found = stored.get((ack.place, ack.user_id, ack.client_msg_id))
        if found is None:
            yield f"{ack.client} was acked seq {ack.seq} in {ack.place} and it is not in the log"
        elif (ack.seq, ack.message_id) not in found:
            yield f"{ack.client} was acked seq {ack.seq} in {ack.place}; the log has it as {sorted(found)}"


def find_doubled(history: History, ending: Ending) -> Iterator[str]:
    """D2: one row for a client_msg_id of a sender, and one seq in all of its acks."""
    rows = defaultdict(list)
    for row in ending.rows:
        rows[row.place[0], row.sender_id, row.client_msg_id].append(row.seq)
    for (conversation_id, sender_id, client_msg_id), seqs in rows.items():
        if len(seqs) > 1:
            yield f"{client_msg_id} of user {sender_id} is in {conversation_id} {len(seqs)} times: {sorted(seqs)}"
    acks = defaultdict(set)
    for ack in events(history, Acked):
        acks[ack.place, ack.user_id, ack.client_msg_id].add(ack.seq)
    for (place, user_id, client_msg_id), seen in acks.items():
        if len(seen) > 1:
            yield f"{client_msg_id} of user {user_id} in {place} was acked with seqs {sorted(seen)}"


def find_invented(history: History, ending: Ending) -> Iterator[str]:
    """Nothing is in the log that nobody sent, or in other words than it was sent."""
    sent = defaultdict(set)
    for event in events(history, Sent):
        sent[event.place, event.user_id, event.client_msg_id].add(event.body)
    for row in ending.rows:
        if row.type == MESSAGE and row.body not in sent[key_of(row)]:
            yield f"seq {row.seq} of {row.place} by user {row.sender_id} was not sent so: {row.body[:40]!r}"


def find_holes(history: History, ending: Ending) -> Iterator[str]:
    """D3: the seqs of a lane are 1..N, once each, and its head is N."""
    seqs: defaultdict[Place, list[int]] = defaultdict(list)
    for row in ending.rows:
        seqs[row.place].append(row.seq)
    for place in {*seqs, *ending.heads}:
        found, head = sorted(seqs[place]), ending.heads.get(place, 0)
        if found != list(range(1, head + 1)):
            missing = sorted(set(range(1, head + 1)) - set(found))[:5]
            more = sorted({seq for seq in found if found.count(seq) > 1 or seq > head})[:5]
            yield f"{place} has {len(found)} entries, head {head}, missing {missing}, doubled or beyond {more}"


def find_torn_streams(history: History, ending: Ending) -> Iterator[str]:
    """D4: after `since` comes since + 1, then + 2 …; a new connection goes on where the client stood."""
    stands: dict[tuple[str, Place], int] = {}
    follows: dict[tuple[str, Place], str] = {}
    for event in history.events:
        if isinstance(event, Followed):
            where = event.client, event.place
            if event.since != stands.setdefault(where, event.since):
                yield f"{event.client} goes on in {event.place} after {event.since}, but stood at {stands[where]}"
            follows[where] = event.connection
        elif isinstance(event, Received):
            where = event.client, event.entry.place
            if follows.get(where) != event.connection:
                yield f"{event.client} received seq {event.entry.seq} of {event.entry.place} and did not follow it"
            elif event.entry.seq != stands[where] + 1:
                yield (
                    f"{event.client} on {event.connection} ({event.server}) received seq {event.entry.seq}"
                    f" of {event.entry.place} after {stands[where]}"
                )
            stands[where] = max(stands.get(where, 0), event.entry.seq)


def find_incomplete(history: History, ending: Ending) -> Iterator[str]:
    """D4 and D5: when all is quiet, everyone has everything, without having to reconnect for it."""
    for client, positions in ending.positions.items():
        for place, position in positions.items():
            if position != ending.heads.get(place, 0):
                yield f"{client} stands at {position} of {ending.heads.get(place, 0)} in {place}"


def find_stale_lists(history: History, ending: Ending) -> Iterator[str]:
    """D5: when all is quiet, whoever follows the list sees it as it is: each conversation, and of each the newest."""
    for client, known in ending.lists.items():
        for conversation_id, row in ending.listed.items():
            if known.get(conversation_id) != row:
                yield f"{client} sees {conversation_id} as {known.get(conversation_id)}; it is {row}"


def find_lost_marks(history: History, ending: Ending) -> Iterator[str]:
    """When all is quiet, a mark is the largest that its user has sent."""
    largest: dict[tuple[Place, int], int] = {}
    for event in events(history, Marked):
        key = event.place, event.user_id
        largest[key] = max(event.seq, largest.get(key, 0))
    for (place, user_id), seq in largest.items():
        stored = ending.marks.get((place, user_id), 0)
        if stored != seq:
            yield f"user {user_id} has read {place} to {seq}; the mark stands at {stored}"


def find_stale_readings(history: History, ending: Ending) -> Iterator[str]:
    """When all is quiet, every tab of an agent knows what they have read and put back as Postgres has it."""
    for (client, agent_id), told in ending.told_readings.items():
        for (conversation_id, user_id), kept in ending.readings.items():
            known = told.get(conversation_id, Reading())
            if user_id == agent_id and known != kept:
                yield f"{client} knows of {conversation_id} that {known}; Postgres has {kept}"


def find_wrong_presences(history: History, ending: Ending) -> Iterator[str]:
    """When all is quiet, whoever has a socket is there, whoever has none is not, and a chosen status stands."""
    for user_id, status in ending.expected.items():
        if ending.presences.get(user_id, "offline") != status:
            yield f"user {user_id} is {status}; Postgres has {ending.presences.get(user_id)}"


def find_stale_presences(history: History, ending: Ending) -> Iterator[str]:
    """When all is quiet, every agent's tab sees everyone as Postgres has them."""
    for client, seen in ending.seen.items():
        for user_id, status in seen.items():
            if ending.presences.get(user_id, "offline") != status:
                yield f"{client} sees user {user_id} as {status}, who is {ending.presences.get(user_id)}"


def find_disagreements(history: History, ending: Ending) -> Iterator[str]:
    """Log, sockets, history endpoint and acks tell the same of a seq."""
    truth = {(row.place, row.seq): row for row in ending.rows}
    for event in events(history, Received):
        row = truth.get((event.entry.place, event.entry.seq))
        if row != event.entry:
            yield f"{event.client} received {event.entry}, the log has {row}"
    for (client, place), entries in ending.histories.items():
        log = sorted((row for row in ending.rows if row.place == place), key=lambda row: row.seq)
        if entries != log:
            yield f"the history that {client} was given of {place} is not the log"


def find_disorder(history: History, ending: Ending) -> Iterator[str]:
    """D3: one sender's messages keep their order, and what was acked before another was sent precedes it."""
    first_sent: dict[Key, float] = {}
    first_acked: dict[Key, float] = {}
    turns: defaultdict[tuple[str, Place], dict[Key, None]] = defaultdict(dict)
    for event in history.events:
        if isinstance(event, Sent):
            key = event.place, event.user_id, event.client_msg_id
            first_sent.setdefault(key, event.at)
            turns[event.client, event.place].setdefault(key)
        elif isinstance(event, Acked):
            first_acked.setdefault((event.place, event.user_id, event.client_msg_id), event.at)
    seqs = {key_of(row): row.seq for row in ending.rows}
    for (client, place), keys in turns.items():
        order = [seqs[key] for key in keys if key in seqs]
        if order != sorted(order):
            yield f"the messages of {client} in {place} stand in the log as {order}"
    earliest_later_ack: defaultdict[Place, float] = defaultdict(lambda: float("inf"))
    for row in sorted(ending.rows, key=lambda row: -row.seq):
        key = key_of(row)
        if first_sent.get(key, float("-inf")) > earliest_later_ack[row.place]:
            yield f"seq {row.seq} of {row.place} was sent after the ack of a later seq"
        acked_at = first_acked.get(key, float("inf"))
        earliest_later_ack[row.place] = min(earliest_later_ack[row.place], acked_at)


def find_leaks(history: History, ending: Ending) -> Iterator[str]:
    """Nobody hears of, or gets into, what they may not see."""
    conversations = {user: {place[0] for place in places} for user, places in ending.visible.items()}
    for event in history.events:
        place: Place | None = None
        if isinstance(event, Received):
            place = event.entry.place
        elif isinstance(event, Acked | Followed):
            place = event.place
        elif isinstance(event, Signalled) and event.conversation_id not in conversations[event.user_id]:
            yield f"{event.client} heard a {event.type} of {event.conversation_id}"
        if place is not None and place not in ending.visible[event.user_id]:
            yield f"{event.client} got into {place}: {type(event).__name__.lower()}"
    for row in ending.rows:
        if row.place not in ending.visible.get(row.sender_id, {row.place}):
            yield f"user {row.sender_id} wrote seq {row.seq} into {row.place}"


RULES: list[Callable[[History, Ending], Iterable[str]]] = [
    find_lost,
    find_doubled,
    find_invented,
    find_holes,
    find_torn_streams,
    find_incomplete,
    find_stale_lists,
    find_lost_marks,
    find_stale_readings,
    find_wrong_presences,
    find_stale_presences,
    find_disagreements,
    find_disorder,
    find_leaks,
]
