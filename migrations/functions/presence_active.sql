-- revision 1
-- Note until when users with a process count as active; return the presence of those for whom that is news.
--
-- An end that moves on from input to input leaves due_at where it is, so that the row stays where it is too: whoever looks
-- at what is due finds the later end, and moves it then.
create or replace function presence_active(p_process_id uuid, p_user_ids integer[], p_seconds float8[])
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
    turned integer[];
begin
    with reported as materialized (
        select l.user_id, l.active_until as before, w.active_until
          from (select r.user_id, now + make_interval(secs => r.seconds) as active_until
                  from unnest(p_user_ids, p_seconds) as r (user_id, seconds)) w
          join presence_leases l on l.user_id = w.user_id and l.process_id = p_process_id
         order by l.user_id
           for update of l
    ), moved as (
        update presence_leases l
           set active_until = greatest(r.before, r.active_until),
               due_at = case when l.left_at is not null or l.due_at is not null then l.due_at
                             when greatest(r.before, r.active_until) > now then greatest(r.before, r.active_until) end
          from reported r
         where l.user_id = r.user_id and l.process_id = p_process_id
    )
    select array_agg(r.user_id) into turned from reported r where r.before is null or r.before <= now;
    return query select * from publish_presence(turned, null, false);
end
$$;
