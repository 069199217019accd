-- How far bots have answered a conversation, and which process is at it. The queue of what they owe is the log itself:
-- a customer's latest message beyond answered_seq. A claim ends by itself, so that a killed process owes nothing for
-- long; it spares work and keeps the order, while the replies' ids see to it that none is there twice.
create table bot_turns (
    conversation_id uuid primary key references conversations (id) on delete cascade,
    answered_seq    bigint not null default 0,
    claimed_by      uuid not null,
    claimed_until   timestamptz not null
);
