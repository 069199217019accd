-- Changes of many conversations at once, and what became of each: a process that dies leaves what is still waiting to the
-- next one, and all of it can be taken back.
create table bulk_actions (
    id           uuid primary key,
    user_id      integer not null references users (id) on delete cascade,
    -- collecting, running, done, cancelled, undoing, undone
    state        text not null default 'collecting',
    change       jsonb not null,
    -- The view, resolved, to which a conversation has to belong when its turn comes; null where they were chosen one by one.
    predicate    jsonb,
    total        integer not null default 0,
    changed      integer not null default 0,
    skipped      integer not null default 0,
    undone       integer not null default 0,
    kept         integer not null default 0,
    version      bigint not null default 1,
    created_at   timestamptz not null default now(),
    leased_until timestamptz not null default now()
);
create index bulk_actions_user on bulk_actions (user_id, created_at desc);
create index bulk_actions_due on bulk_actions (leased_until) where state in ('running', 'undoing');
create index bulk_actions_old on bulk_actions (created_at);

create table bulk_items (
    bulk_id         uuid not null references bulk_actions (id) on delete cascade,
    conversation_id uuid not null references conversations (id) on delete cascade,
    -- waiting, changed, skipped, undone, kept
    state           text not null default 'waiting',
    -- Why it was skipped or kept.
    why             text,
    -- The change that takes it back, and the heads of both lanes behind it.
    back            jsonb,
    last_seq        bigint,
    team_last_seq   bigint,
    primary key (bulk_id, conversation_id)
);
create index bulk_items_state on bulk_items (bulk_id, state, conversation_id);
create index bulk_items_conversation on bulk_items (conversation_id);
