-- revision 2
-- Work out the presence of users, store what has changed, and return it.
--
-- Published is what an agent has chosen, or else whether there was input lately; offline is who has no lease. Devices that
-- tell nothing of input count as active where none does, so that it does not matter which came first. An agent who has
-- chosen 'offline' is invisible. `seen` is when those were last here who turn out to be gone. With `forced` everything given
-- is a change, for its text or its end may be another.
create or replace function publish_presence(p_user_ids integer[], p_seen timestamptz[], p_forced boolean)
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
begin
    -- One after the other for each user, and the next statement sees what the one before has committed: an arrival, a
    -- departure and a choice that happen at once end in what all three together come to.
    perform 1 from users u where u.id = any (p_user_ids) order by u.id for no key update;

    return query
    with wanted as materialized (
        select w.user_id, max(w.seen) as seen
          from unnest(p_user_ids, p_seen) as w (user_id, seen)
         group by w.user_id
    ), judged as materialized (
        select u.id, coalesce(w.seen, clock_timestamp()) as seen,
               case when not coalesce(l.is_reached, false) then 'offline'
                    when u.chosen_status is not null then u.chosen_status
                    when l.is_active then 'online'
                    else 'away' end as status
          from wanted w
          -- A customer who was erased leaves no trace of having been here.
          join users u on u.id = w.user_id and (u.role <> 'customer' or u.disabled_at is null)
          left join lateral (
               select true as is_reached,
                      coalesce(bool_or(l.active_until > clock_timestamp()), true) as is_active
                 from presence_leases l
                where l.user_id = u.id
               having count(*) > 0
          ) l on true
    ), changed as (
        insert into user_presence as p (user_id, status, last_seen, updated_at)
        select j.id, j.status, j.seen, clock_timestamp() from judged j order by j.id
        on conflict (user_id) do update
           set status = excluded.status,
               last_seen = case when p.status = 'offline' and excluded.status = 'offline'
                                then p.last_seen else excluded.last_seen end,
               -- The version only grows, even when a clock was set back.
               updated_at = greatest(excluded.updated_at, p.updated_at + interval '1 millisecond')
         where p.status is distinct from excluded.status or p_forced
        returning p.user_id, p.status, p.last_seen, p.updated_at
    )
    select u.id, u.role, u.name, c.status::text, c.last_seen,
           (extract(epoch from c.updated_at) * 1000)::bigint,
           u.chosen_status::text, u.status_text, u.status_emoji, u.chosen_until
      from changed c join users u on u.id = c.user_id;
end
$$;
