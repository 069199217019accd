-- revision 1
-- Open the conversations whose time has come, at most p_count of them, and return them. Any number of processes may call it
-- at once: each takes what no other has locked, and the entry is committed with the change or not at all.
create or replace function wake_due_conversations(p_count integer) returns setof uuid
language plpgsql
as $$
declare
    due uuid[];
begin
    select array_agg(d.conversation_id) into due
      from (select h.conversation_id
              from conversation_heads h
             -- now() and not clock_timestamp(), which no index can be asked for.
             where h.snoozed_until <= now()
             order by h.snoozed_until
             limit p_count
               for update skip locked) d;
    if due is null then
        return;
    end if;
    perform append_entries(due, array_fill(1::smallint, array[n]), array_fill('conversation_event'::text, array[n]),
                           array_fill(s.id, array[n]), array(select gen_random_uuid() from unnest(due)),
                           array(select gen_random_uuid() from unnest(due)), array_fill(null::bigint, array[n]),
                           array_fill('{"event": "woken", "data": {"cause": "time"}}'::text, array[n]),
                           array_fill(null::bigint, array[n]), array_fill(null::bigint, array[n]))
       from (select min(id) as id from users where role = 'system') s, cardinality(due) n;
    return query select unnest(due);
end
$$;
