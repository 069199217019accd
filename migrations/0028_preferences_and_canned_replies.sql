-- What an agent has chosen for themselves, by name: the app's own affair, so the server keeps what it does not know.
create table user_preferences (
    user_id int    primary key references users,
    version bigint not null default 1,
    chosen  jsonb  not null default '{}'
);

-- Texts that are written again and again. One that is not shared is its owner's alone; a shared one stays when its owner
-- goes.
create table canned_replies (
    id         int         generated always as identity primary key,
    owner_id   int         not null references users,
    is_shared  boolean     not null default false,
    shortcut   text        not null default '',
    title      text        not null,
    body       text        not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index canned_replies_owner on canned_replies (owner_id) where not is_shared;
-- A shortcut is typed to get one text: it is one of the shared, and one of each owner's.
create unique index canned_replies_shared_shortcut on canned_replies (lower(shortcut))
    where is_shared and shortcut <> '';
create unique index canned_replies_own_shortcut on canned_replies (owner_id, lower(shortcut))
    where not is_shared and shortcut <> '';

-- How often whom has used which, for those used most to stand first.
create table canned_reply_uses (
    user_id  int    not null references users,
    reply_id int    not null references canned_replies on delete cascade,
    uses     bigint not null default 1,
    primary key (reply_id, user_id)
);
create index canned_reply_uses_user on canned_reply_uses (user_id);
