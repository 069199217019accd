-- revision 1
-- Make, change or delete a team, and note every agent whose inboxes change by it. Null leaves a thing as it is; without an
-- id a team is made. One row comes back: the team, and the verdict 'done', 'not_found', 'name_taken', 'no_agent',
-- 'no_inbox', or 'holds_inbox' where a team that is to go is the only one of an inbox, which every agent would then see.
create or replace function change_team(
    p_team_id integer, p_name text, p_member_ids integer[], p_inbox_ids integer[], p_is_deleted boolean
) returns table (team_id integer, verdict text)
language plpgsql
as $$
#variable_conflict use_column
declare
    changed constant integer[] := array(select t.inbox_id from team_inboxes t where t.team_id = p_team_id)
                                  || p_inbox_ids;
    before bigint[];
begin
    -- One change at a time: of two that cross, neither would see whom both together leave without an inbox.
    lock table teams in share row exclusive mode;
    verdict := case
        when p_team_id is not null
             and not exists (select from teams t where t.id = p_team_id and t.deleted_at is null) then 'not_found'
        when exists (select from teams t
                      where lower(t.name) = lower(p_name) and t.deleted_at is null
                        and t.id is distinct from p_team_id) then 'name_taken'
        when exists (select from unnest(p_member_ids) m (id)
                      where not exists (select from users u
                                         where u.id = m.id and u.role = 'agent' and u.disabled_at is null))
             then 'no_agent'
        when exists (select from unnest(p_inbox_ids) i (id)
                      where not exists (select from inboxes x where x.id = i.id)) then 'no_inbox'
        when p_is_deleted
             and exists (select from team_inboxes t
                          where t.team_id = p_team_id
                            and not exists (select from team_inboxes other
                                             where other.inbox_id = t.inbox_id and other.team_id <> p_team_id))
             then 'holds_inbox'
        else 'done'
    end;
    if verdict <> 'done' then
        return query select p_team_id, verdict;
        return;
    end if;

    before := seen_inboxes(changed);
    if p_team_id is null then
        insert into teams (name) values (p_name) returning id into p_team_id;
    else
        update teams t
           set name = coalesce(p_name, t.name), deleted_at = case when p_is_deleted then now() end
         where t.id = p_team_id;
    end if;
    delete from team_members m
     where m.team_id = p_team_id and (p_is_deleted or m.user_id <> all (p_member_ids));
    delete from team_inboxes i
     where i.team_id = p_team_id and (p_is_deleted or i.inbox_id <> all (p_inbox_ids));
    insert into team_members (team_id, user_id)
    select p_team_id, id from unnest(p_member_ids) m (id) on conflict do nothing;
    insert into team_inboxes (team_id, inbox_id)
    select p_team_id, id from unnest(p_inbox_ids) i (id) on conflict do nothing;

    insert into sight_changes as s (user_id, changed_in)
    select distinct (pair >> 32)::integer, pg_current_xact_id()
      from ((select unnest(before) except select unnest(seen_inboxes(changed)))
             union all
            (select unnest(seen_inboxes(changed)) except select unnest(before))) p (pair)
        on conflict (user_id) do update set changed_in = excluded.changed_in;
    insert into installation as i (name, value) values ('teams_changed_in', pg_current_xact_id()::text)
        on conflict (name) do update set value = excluded.value;
    return query select p_team_id, 'done';
end
$$;

-- Return which agent sees which of these inboxes: a number for each pair, the agent's in its upper half.
create or replace function seen_inboxes(p_inbox_ids integer[]) returns bigint[]
language plpgsql
as $$
begin
    return array(select (u.id::bigint << 32) | x.id
                   from users u
                  cross join lateral visible_inboxes('agent', u.id) x
                  where u.role = 'agent' and u.disabled_at is null and x.id = any (p_inbox_ids));
end
$$;
