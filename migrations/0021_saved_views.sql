-- Views of the list that agents have saved, their own or for all.
create table saved_views (
    id         integer generated always as identity primary key,
    owner_id   integer not null references users (id) on delete cascade,
    is_shared  boolean not null default false,
    name       text not null,
    predicate  jsonb not null,
    sort       text not null,
    position   integer not null default 0,
    version    bigint not null default 1,
    created_at timestamptz not null default now()
);
create index saved_views_owner on saved_views (owner_id);
create index saved_views_shared on saved_views (id) where is_shared;

-- Which transaction last changed something that every process of the desk keeps in memory: a sweep sees it, whether or not a
-- notice arrived.
create table desk_changes (
    what       text primary key,
    changed_in xid8 not null default '0'
);
insert into desk_changes (what) values ('views'), ('sights');

create function note_desk_change() returns trigger
language plpgsql
as $$
begin
    update desk_changes set changed_in = pg_current_xact_id() where what = tg_argv[0];
    return null;
end
$$;
create trigger note_views after insert or update or delete on saved_views
    for each statement execute function note_desk_change('views');
-- Who sees which inbox: whatever that depends on has such a trigger.
create trigger note_sights after insert or update or delete on inboxes
    for each statement execute function note_desk_change('sights');
