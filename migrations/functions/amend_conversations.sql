-- revision 1
-- Go through the next conversations, in the order of their ids, and bring what older versions have written up to
-- today's rules: texts that were edited or deleted away leave the log, and agents who wrote or joined have a part.
-- Returns whether there is more to do. Any number of processes may call it at once, while the conversations are in use.
create or replace function amend_conversations(p_count integer) returns boolean
language plpgsql
as $$
declare
    place uuid;
    batch uuid[];
begin
    select i.value::uuid into place from installation i where i.name = 'amended_up_to' for update;
    select array_agg(h.conversation_id order by h.conversation_id) into batch
      from (select conversation_id from conversation_heads
             where conversation_id > place order by conversation_id limit p_count) h;
    if batch is null then
        delete from installation i where i.name = 'amended_up_to';
        return false;
    end if;
    perform 1 from conversation_heads h
      where h.conversation_id = any (batch)
        and exists (select from entries e
                     where e.conversation_id = h.conversation_id and e.type = 'message_edited')
      order by h.conversation_id
        for update;
    with edits as (
        select e.conversation_id, e.lane, e.target_seq, e.seq, e.body,
               row_number() over (partition by e.conversation_id, e.lane, e.target_seq order by e.seq desc) = 1 as is_last
          from entries e
         where e.conversation_id = any (batch) and e.type = 'message_edited'
    ), shown as (
        update entries m
           set body = l.body || jsonb_build_object('last_edit', l.seq)
          from edits l
         where l.is_last and m.conversation_id = l.conversation_id and m.lane = l.lane and m.seq = l.target_seq
           and m.type = 'message_received' and m.body ->> 'type' = 'text' and not m.body ? 'last_edit'
    )
    update entries e
       set body = '{"type": "text", "text": ""}'
      from edits l
      join entries m on m.conversation_id = l.conversation_id and m.lane = l.lane and m.seq = l.target_seq
     where e.conversation_id = l.conversation_id and e.lane = l.lane and e.seq = l.seq
       and (not l.is_last or m.body ->> 'type' = 'deleted')
       and l.body ->> 'text' <> '';
    update conversation_agents a
       set has_part = true
     where a.conversation_id = any (batch) and not a.has_part
       and exists (select from entries e
                    where e.conversation_id = a.conversation_id and e.sender_id = a.user_id and e.lane = 0
                      and (e.type = 'message_received' or e.body ->> 'event' = 'agent_joined'));
    update installation i set value = batch[array_upper(batch, 1)]::text where i.name = 'amended_up_to';
    return true;
end
$$;
