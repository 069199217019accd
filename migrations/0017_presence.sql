-- What an agent has chosen may have an emoji, and an end by the server's clock. A null end is none.
alter table users
    add column status_emoji text,
    add column chosen_until timestamptz;
create index users_chosen_until on users (chosen_until) where chosen_until is not null;

-- The living processes, and the users who have a socket with each. Unlogged: what a crash of Postgres or a failover takes
-- is registered anew by every process within two seconds, and a storm of arrivals writes no log.
create unlogged table presence_processes (
    id         uuid primary key,
    expires_at timestamptz not null          -- unless renewed; past it the process is dead
);

-- A lease: a user is here as long as they have one. `due_at` is the next moment at which time alone may change something,
-- so that a look reads what is due and nothing else: the end of the grace of one who left, or of an agent's activity.
create unlogged table presence_leases (
    user_id      integer not null,
    process_id   uuid not null,
    left_at      timestamptz,                -- null while a socket is open
    active_until timestamptz,                -- null while no client here reports input: such a one counts as active
    due_at       timestamptz,
    primary key (user_id, process_id)
) with (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 1
);
create index presence_leases_process on presence_leases (process_id);
create index presence_leases_due on presence_leases (due_at) where due_at is not null;

-- A process of the version before knows no leases, and would declare offline whoever is with one that does.
create function keep_leased_presence() returns trigger
language plpgsql
as $$
begin
    if exists (select from presence_leases l where l.user_id = new.user_id)
       and not exists (select from users u where u.id = new.user_id and u.chosen_status = 'offline') then
        return null;
    end if;
    return new;
end
$$;
create trigger keep_leased_presence before update on user_presence
    for each row when (old.status <> 'offline' and new.status = 'offline')
    execute function keep_leased_presence();
