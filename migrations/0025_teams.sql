-- Teams: an inbox that belongs to some of them is there for their members alone, as visible() says. A team that is deleted
-- keeps its row: what was given to it, and the entries that say so, go on naming it.
create table teams (
    id         integer generated always as identity primary key,
    name       text not null,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
create unique index teams_name on teams (lower(name)) where deleted_at is null;

create table team_members (
    user_id integer not null references users (id) on delete cascade,
    team_id integer not null references teams (id) on delete cascade,
    primary key (user_id, team_id)
);
create index team_members_team on team_members (team_id);

create table team_inboxes (
    inbox_id integer not null references inboxes (id) on delete cascade,
    team_id  integer not null references teams (id) on delete cascade,
    primary key (inbox_id, team_id)
);
create index team_inboxes_team on team_inboxes (team_id);

alter table conversations add column team_id integer references teams (id);
create index conversations_team on conversations (team_id) where team_id is not null;

-- Agents whose inboxes have changed, and the last transaction that did it: what they were shown before is to be read anew.
create table sight_changes (
    user_id    integer primary key references users (id) on delete cascade,
    changed_in xid8 not null
);

-- A backend that changes a conversation writes under the name of its key, as a user of its own.
alter table api_keys add column user_id integer references users (id);
create index api_keys_user on api_keys (user_id) where user_id is not null;

-- A row of the list shows its team's name, so a new name makes a new version of it.
create function touch_team_conversations() returns trigger
language plpgsql
as $$
begin
    perform 1
       from conversation_heads h
      where h.conversation_id in (select id from conversations where team_id = new.id)
      order by h.conversation_id
        for update;
    update conversation_heads h
       set version = h.version + 1,
           changed_in = pg_current_xact_id(),
           changed_block = change_block(pg_current_xact_id())
     where h.conversation_id in (select id from conversations where team_id = new.id);
    return null;
end
$$;
create trigger touch_team_conversations after update of name on teams
    for each row when (old.name is distinct from new.name)
    execute function touch_team_conversations();
