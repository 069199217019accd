-- revision 2
-- Note that users have a socket with a process, and for how many seconds yet each counts as active, or null where no
-- input was told of; return the presence of those for whom that is news.
--
-- In one step: an idle agent whose lease a crash of Postgres has taken would else be online for a moment.
create or replace function presence_arrived(p_process_id uuid, p_user_ids integer[], p_seconds float8[])
returns table (
    id integer, role text, name text, status text, last_seen timestamptz, version bigint,
    chosen text, text text, emoji text, until timestamptz
)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    now constant timestamptz := clock_timestamp();
begin
    -- Leases without a process would never end: ours may just have been taken for dead.
    insert into presence_processes (id, expires_at) values (p_process_id, now + interval '10 seconds')
        on conflict (id) do nothing;
    insert into presence_leases as l (user_id, process_id, active_until, due_at)
    select w.user_id, p_process_id, a.active_until, case when a.active_until > now then a.active_until end
      from unnest(p_user_ids, p_seconds) as w (user_id, seconds)
      -- An agent who was idle is so still when the network, or our restart, has made them come back.
      cross join lateral (select greatest(max(o.active_until), now + make_interval(secs => w.seconds)) as active_until
                            from presence_leases o where o.user_id = w.user_id) a
     order by w.user_id
    on conflict (user_id, process_id) do update
       set left_at = null, active_until = excluded.active_until, due_at = excluded.due_at
     where l.left_at is not null or l.active_until is distinct from excluded.active_until;
    return query select * from publish_presence(p_user_ids, null, false);
end
$$;
