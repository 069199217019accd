-- revision 1
-- Take what has become due, at most so many of each kind; return the presence of those for whom that is news.
--
-- That is: the users of processes that have been dead for the grace, those who left and did not come back within it,
-- agents without input for long enough, and choices that have ended. Any process may take any of it, many at once.
create or replace function presence_due(p_grace interval, p_limit integer, p_judges_dead boolean)
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
    gone integer[];
    seen timestamptz[];
    turned integer[];
    ended integer[];
begin
    if p_judges_dead then
        with taken as materialized (
            select l.user_id, l.process_id, coalesce(l.left_at, d.expires_at) as seen
              from presence_processes d
              join presence_leases l on l.process_id = d.id
             where d.expires_at < now - p_grace
             limit p_limit
               for update of l skip locked
        ), deleted as (
            delete from presence_leases l using taken t
             where l.user_id = t.user_id and l.process_id = t.process_id
        )
        select array_agg(t.user_id), array_agg(t.seen) into gone, seen from taken t;
        delete from presence_processes d
         where d.expires_at < now - p_grace
           and not exists (select from presence_leases l where l.process_id = d.id);
    end if;

    with due as materialized (
        select l.user_id, l.process_id, l.left_at, l.active_until,
               l.left_at is not null and l.left_at <= now - p_grace as is_gone
          from presence_leases l
         where l.due_at <= now
         order by l.due_at
         limit p_limit
           for update skip locked
    ), deleted as (
        delete from presence_leases l using due d
         where d.is_gone and l.user_id = d.user_id and l.process_id = d.process_id
    ), moved as (
        update presence_leases l
           set due_at = case when d.left_at is not null then d.left_at + p_grace
                             when d.active_until > now then d.active_until end
          from due d
         where not d.is_gone and l.user_id = d.user_id and l.process_id = d.process_id
    )
    select gone || array_agg(d.user_id) filter (where d.is_gone),
           seen || array_agg(d.left_at) filter (where d.is_gone),
           array_agg(d.user_id) filter (where not d.is_gone and d.active_until <= now)
      into gone, seen, turned
      from due d;

    return query select * from publish_presence(gone || turned, seen, false);

    -- After the others, whose users are waited for in the order of their ids: these are not waited for.
    with due as materialized (
        select u.id from users u
         where u.chosen_until <= now
         order by u.chosen_until
         limit p_limit
           for no key update skip locked
    ), cleared as (
        update users u
           set chosen_status = null, status_text = null, status_emoji = null, chosen_until = null
          from due d
         where u.id = d.id
    )
    select array_agg(d.id) into ended from due d;
    return query select * from publish_presence(ended, null, true);
end
$$;
