-- Texts that agents have begun: one for each lane of a conversation, seen by nobody else. `client_msg_id` is the message that
-- it will be, so that the message's coming into the log is the draft's end, however often it is sent.
create sequence draft_versions;

create table drafts (
    user_id         int         not null references users on delete cascade,
    conversation_id uuid        not null references conversations on delete cascade,
    lane            smallint    not null check (lane in (0, 1)),
    -- From one sequence for all: a draft that is made anew is never taken for the one before.
    version         bigint      not null default nextval('draft_versions'),
    client_msg_id   uuid        not null,
    text            text        not null,
    format          text        not null default 'plain',
    reply_to        bigint,
    updated_at      timestamptz not null default now(),
    primary key (user_id, conversation_id, lane)
);
create index drafts_conversation on drafts (conversation_id);
create index drafts_updated_at on drafts (updated_at);
