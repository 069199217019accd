-- Agents who watch a conversation, and those whom a note of it has mentioned, beside the other things that views ask of it;
-- at most 200 of each, for a row of the list tells them. The indexes leave out the many that have none.
alter table conversation_heads
    add column watchers  integer[] not null default '{}',
    add column mentioned integer[] not null default '{}';
create index conversation_heads_watchers on conversation_heads using gin (watchers) where watchers <> '{}';
create index conversation_heads_mentioned on conversation_heads using gin (mentioned) where mentioned <> '{}';
