-- revision 2
-- Let customers' messages wake what they were written into: a conversation that is snoozed or closed is open after a
-- message of its customer. Called by append_entries(), which holds the heads, right after it has stored the batch; the
-- entry that says so follows the message, by the hand of the system.
--
-- An agent who closes or snoozes behind the message, in the same batch, has the last word. But one who had not seen the
-- message has put aside something else: the message opens it again, whichever of the two the heads' lock let in first.
create or replace function wake_conversations(
    p_since           timestamptz,
    p_conversation_id uuid[],
    p_type            text[],
    p_sender_id       integer[],
    p_client_msg_id   uuid[],
    p_body            text[]
) returns void
language plpgsql
as $$
begin
    perform append_entries(array_agg(w.conversation_id), array_agg(w.lane), array_agg('conversation_event'::text),
                           array_agg(w.system_id), array_agg(gen_random_uuid()), array_agg(gen_random_uuid()),
                           array_agg(null::bigint), array_agg(w.body),
                           array_agg(null::bigint), array_agg(null::bigint))
       from (select distinct c.id as conversation_id,
                    case c.status when 'closed' then 0 else 1 end::smallint as lane,
                    (select min(s.id) from users s where s.role = 'system') as system_id,
                    case c.status
                        when 'closed'
                            then '{"event": "status_changed", "data": {"status": "open", "cause": "customer"}}'
                        else '{"event": "woken", "data": {"cause": "customer"}}'
                    end as body
               from (select i.conversation_id, i.sender_id
                       from unnest(p_conversation_id, p_type, p_sender_id, p_client_msg_id) with ordinality
                         as i (conversation_id, type, sender_id, client_msg_id, ord)
                       -- One that was stored before is no news.
                       join entries e on e.conversation_id = i.conversation_id and e.sender_id = i.sender_id
                                     and e.client_msg_id = i.client_msg_id and e.lane = 0 and e.created_at >= p_since
                      where i.type = 'message_received'
                        and not exists (select
                                          from unnest(p_conversation_id, p_type, p_body) with ordinality
                                            as l (conversation_id, type, body, ord)
                                         where l.conversation_id = i.conversation_id and l.ord > i.ord
                                           and l.type = 'conversation_event'
                                           and l.body::jsonb ->> 'event' in ('status_changed', 'snoozed'))
                     union all
                     select i.conversation_id, e.sender_id
                       from unnest(p_conversation_id, p_type, p_body) as i (conversation_id, type, body)
                       join conversation_heads h on h.conversation_id = i.conversation_id
                                                and h.snoozed_until is not null
                       join entries e on e.conversation_id = i.conversation_id and e.lane = 0
                                     and e.seq > (i.body::jsonb #>> '{data,seen_seq}')::bigint
                                     and e.type = 'message_received'
                      where i.type = 'conversation_event' and i.body::jsonb ->> 'event' = 'snoozed') i
               join users u on u.id = i.sender_id and u.role = 'customer'
               join conversation_heads h on h.conversation_id = i.conversation_id
               join lateral visible(u.role, u.id) c on c.id = i.conversation_id
              where c.status = 'closed' or h.snoozed_until is not null) w
     having count(*) > 0;
end
$$;
