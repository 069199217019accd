-- revision 3
-- The inboxes and the conversations that a reader may see. Nothing else says so: whatever is read, written or told for
-- somebody comes from here instead of from the tables, and what is not here does not exist for them.
--
-- A reader is a user, by role and id, or an API key, by 'api_key' and its own id. An inbox that belongs to teams is there
-- for their members, one without teams for every agent; admins are no exception. Backends, bots and the system see
-- everything; customers see their own conversations, any other kind sees nothing.
--
-- Tables rather than a truth for each row: the planner puts the text below in the place of the call, so a rule that
-- looks into other tables is a part of the statement, and where many rows are asked for it reads them once. That asks for
-- language sql, stable, not strict, and no settings of its own. A call with a literal kind is a condition that an index
-- answers.
create or replace function visible_inboxes(reader_kind text, reader_id integer) returns setof inboxes
language sql stable
as $$
    select x.*
      from inboxes x
     where case reader_kind
               when 'agent' then
                   not exists (select from team_inboxes t where t.inbox_id = x.id)
                   or exists (select from team_inboxes t
                                join team_members m on m.team_id = t.team_id and m.user_id = reader_id
                               where t.inbox_id = x.id)
               else reader_kind in ('api_key', 'bot', 'system')
           end
$$;

-- The same of an inbox's conversations, written out: an append has one look-up less.
create or replace function visible(reader_kind text, reader_id integer) returns setof conversations
language sql stable
as $$
    select c.*
      from conversations c
     where case reader_kind
               when 'customer' then c.customer_id = reader_id
               when 'agent' then
                   not exists (select from team_inboxes t where t.inbox_id = c.inbox_id)
                   or exists (select from team_inboxes t
                                join team_members m on m.team_id = t.team_id and m.user_id = reader_id
                               where t.inbox_id = c.inbox_id)
               else reader_kind in ('api_key', 'bot', 'system')
           end
$$;

-- The same of the members of a team.
create or replace function visible_to_team(p_team_id integer) returns setof conversations
language sql stable
as $$
    select c.*
      from conversations c
     where not exists (select from team_inboxes t where t.inbox_id = c.inbox_id)
        or exists (select from team_inboxes t where t.inbox_id = c.inbox_id and t.team_id = p_team_id)
$$;

-- The same for many at once, the other way round: each agent with the inboxes they do not see. Whoever asks for the pairs of
-- some hundred followers and some hundred conversations asks for those of a few inboxes.
create or replace function hidden_inboxes(p_agent_ids integer[]) returns table (agent_id integer, inbox_id integer)
language sql stable
as $$
    select r.id, t.inbox_id
      from unnest(p_agent_ids) r (id)
     cross join (select distinct t.inbox_id from team_inboxes t) t
     where not exists (select from visible_inboxes('agent', r.id) x where x.id = t.inbox_id)
$$;
