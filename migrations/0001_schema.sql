-- People and what answers for them. Agents are those with a password, customers come through an inbox.
create table users (
    id            integer generated always as identity primary key,
    role          text not null check (role in ('customer', 'agent', 'bot', 'system')),
    name          text not null,
    email         text,
    password_hash text,
    is_admin      boolean not null default false,
    inbox_id      integer,
    external_id   text,                       -- `sub` of a signed identity; one customer per inbox and sub
    -- Set by the agent, not by the connection; null means "whatever the sockets say".
    chosen_status varchar(20) check (chosen_status in ('online', 'away', 'busy', 'offline')),
    status_text   text,
    created_at    timestamptz not null default now(),
    disabled_at   timestamptz
);
create unique index users_email on users (lower(email)) where role = 'agent';
create unique index users_external_id on users (inbox_id, external_id) where external_id is not null;
create unique index users_machine on users (role, name) where role in ('bot', 'system');

create table user_presence (
    user_id    integer primary key references users (id) on delete cascade,
    status     varchar(20) not null,
    last_seen  timestamptz default current_timestamp,
    updated_at timestamptz default current_timestamp
);

-- A website and its settings. `key` is public: it stands in the page that embeds the widget.
create table inboxes (
    id              integer generated always as identity primary key,
    key             text not null unique,
    name            text not null unique,
    origins         text[] not null default '{}',   -- empty: any site may embed the widget
    bot             text not null default 'none',
    identity_secret text not null,                  -- the website signs its customers' identities with it
    welcome         text not null default '',
    colour          text,
    created_at      timestamptz not null default now()
);
alter table users add foreign key (inbox_id) references inboxes (id);

-- A customer's browser. Only the SHA-256 of its token is kept.
create table sessions (
    id           integer generated always as identity primary key,
    token_hash   bytea not null unique,
    user_id      integer not null references users (id) on delete cascade,
    inbox_id     integer not null references inboxes (id),
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    revoked_at   timestamptz
);
create index sessions_user on sessions (user_id);

-- Each refresh replaces its token by a new one of the same family; an old one that comes again ends the family.
create table refresh_tokens (
    token_hash bytea primary key,
    family     uuid not null,
    user_id    integer not null references users (id) on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz,
    revoked_at timestamptz
);
create index refresh_tokens_family on refresh_tokens (family);

create table api_keys (
    id         integer generated always as identity primary key,
    name       text not null unique,
    key_hash   bytea not null unique,
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);

-- What the installation keeps for itself, such as the generated secret that signs access tokens.
create table installation (
    name  text primary key,
    value text not null
);

create table conversations (
    id          uuid primary key,
    inbox_id    integer not null references inboxes (id),
    customer_id integer not null references users (id),
    status      text not null default 'open' check (status in ('open', 'closed')),
    assignee_id integer references users (id),
    -- The bot falls silent for good when an agent has written or joined, or when it failed.
    bot_active  boolean not null default true,
    created_at  timestamptz not null default now()
);
create index conversations_customer on conversations (customer_id, created_at desc);

-- Agents who have looked into a conversation or written there; its customer sees their presence.
create table conversation_agents (
    conversation_id uuid not null references conversations (id) on delete cascade,
    user_id         integer not null references users (id) on delete cascade,
    primary key (conversation_id, user_id)
);

-- The hot row of a conversation: its heads, and what the list shows of it. It is locked until commit by whoever
-- appends, so that the order of seq is the order of commits. fillfactor leaves room for HOT updates: no indexed
-- column changes with a message, for active_at, by which the list is sorted, moves in whole minutes.
create table conversation_heads (
    conversation_id uuid primary key references conversations (id) on delete cascade,
    last_seq        bigint not null default 0,
    team_last_seq   bigint not null default 0,
    last_message_seq bigint not null default 0,
    unread          integer not null default 0,
    version         bigint not null default 0,
    updated_at      timestamptz not null default now(),
    active_at       timestamptz not null default date_trunc('minute', now())
) with (fillfactor = 50);
create index conversation_heads_active on conversation_heads (active_at desc);

-- The log. lane: 0 public, 1 team. Rows are only ever added; a deleted message keeps its row and loses its text.
-- No foreign keys: append_entries, the only writer, has just read the rows they would look up again for each entry.
create table entries (
    conversation_id uuid not null,
    lane            smallint not null check (lane in (0, 1)),
    seq             bigint not null,
    type            text not null,
    sender_id       integer not null,
    client_msg_id   uuid not null,
    message_id      uuid not null,
    target_seq      bigint,
    body            jsonb not null,
    created_at      timestamptz not null default clock_timestamp(),
    primary key (conversation_id, lane, seq),
    unique (conversation_id, sender_id, client_msg_id)
);

-- How far a user has received and read the public lane.
create table marks (
    conversation_id uuid not null references conversations (id) on delete cascade,
    user_id         integer not null references users (id) on delete cascade,
    delivered_seq   bigint not null default 0,
    read_seq        bigint not null default 0,
    primary key (conversation_id, user_id)
);

insert into users (role, name) values ('system', 'Fireside');
