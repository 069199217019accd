-- revision 1
-- Whoever is mentioned in a note watches the conversation from then on: an agent, or the members that a team has at that
-- time. Of more than fit into a row those stay who were there first; a notification reads the note itself, and so reaches
-- them all.
create or replace function note_mentions() returns trigger
language plpgsql
as $$
declare
    meant constant integer[] := array(
        select u.id
          from (select (m ->> 'id')::integer as id
                  from jsonb_array_elements(new.body -> 'mentions') m
                 where m ->> 'kind' = 'user'
                 union
                select t.user_id
                  from jsonb_array_elements(new.body -> 'mentions') m
                  join team_members t on t.team_id = (m ->> 'id')::integer
                 where m ->> 'kind' = 'team') m
          join users u on u.id = m.id and u.role = 'agent' and u.disabled_at is null
         where u.id <> new.sender_id
         order by u.id
    );
begin
    if meant <> '{}' then
        update conversation_heads h
           set watchers = joined_agents(h.watchers, meant),
               mentioned = joined_agents(h.mentioned, meant)
         where h.conversation_id = new.conversation_id;
    end if;
    return null;
end
$$;

-- The agents of both, those that were there first, at most 200.
create or replace function joined_agents(before integer[], more integer[]) returns integer[]
language sql immutable
as $$
    select (before || array(select id from unnest(more) m (id) where id <> all (before)))[:200]
$$;

create or replace trigger note_mentions after insert on entries
    for each row when (new.lane = 1 and new.body ? 'mentions')
    execute function note_mentions();
