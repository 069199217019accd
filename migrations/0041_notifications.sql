-- What agents were told, and what they were not and why: one row for a cause, an agent and a kind. It holds no text: that is
-- read from the log whenever somebody looks, so what is edited or deleted there is so here.
create table notifications (
    id              bigint      generated always as identity primary key,
    user_id         integer     not null references users (id) on delete cascade,
    conversation_id uuid        not null references conversations (id) on delete cascade,
    lane            smallint    not null,
    seq             bigint      not null,
    kind            text        not null,
    verdict         text        not null,
    created_at      timestamptz not null default now(),
    rung_at         timestamptz,               -- when the first device took it upon itself to ring
    seen_at         timestamptz,
    unique (conversation_id, lane, seq, user_id, kind)
);
create index notifications_user on notifications (user_id, id desc);
create index notifications_unseen on notifications (user_id, conversation_id) where seen_at is null;
create index notifications_created on notifications (created_at);
