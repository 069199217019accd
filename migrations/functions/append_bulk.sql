-- revision 1
-- One step of a bulk action: append the entries of those conversations that are still as they were read, and note what became
-- of each, all in one transaction. Returns the conversations that are settled by it; the others have changed meanwhile, wait
-- on, and are judged anew by what they are then. Null: the action does not go on, for it was cancelled or is done.
--
-- Heads are locked in the order of their ids, as appends do.
create or replace function append_bulk(
    p_bulk_id         uuid,
    p_is_undo         boolean,
    p_conversation_id uuid[],
    p_version         bigint[],   -- null: it is not there for the agent
    p_state           text[],
    p_why             text[],
    p_back            text[],
    p_of              uuid[],
    p_lane            smallint[],
    p_sender_id       integer[],
    p_client_msg_id   uuid[],
    p_message_id      uuid[],
    p_body            text[]
) returns uuid[]
language plpgsql
as $$
declare
    settled uuid[];
    refused uuid[];
begin
    perform 1
       from bulk_actions a
      where a.id = p_bulk_id and a.state = case when p_is_undo then 'undoing' else 'running' end
        for update;
    if not found then
        return null;
    end if;
    perform 1
       from conversation_heads h
      where h.conversation_id = any (p_conversation_id)
      order by h.conversation_id
        for update;
    select coalesce(array_agg(i.conversation_id), '{}') into settled
      from unnest(p_conversation_id, p_version) as i (conversation_id, version)
      join conversation_heads h on h.conversation_id = i.conversation_id
                               and (i.version is null or h.version = i.version)
      join bulk_items b on b.bulk_id = p_bulk_id and b.conversation_id = i.conversation_id
                       and b.state = case when p_is_undo then 'changed' else 'waiting' end;

    if p_of && settled then
        -- Whoever may not see it any more changes nothing.
        select coalesce(array_agg(d.conversation_id) filter (where not d.is_appended), '{}') into refused
          from (select w.conversation_id, bool_or(a.verdict in ('new', 'duplicate')) as is_appended
                  from (select array_agg(d.conversation_id order by d.ord) as ids,
                               array_agg(d.lane order by d.ord) as lanes,
                               array_agg('conversation_event'::text) as types,
                               array_agg(d.sender_id order by d.ord) as senders,
                               array_agg(d.client_msg_id order by d.ord) as client_msg_ids,
                               array_agg(d.message_id order by d.ord) as message_ids,
                               array_agg(null::bigint) as nothing,
                               array_agg(d.body order by d.ord) as bodies
                          from unnest(p_of, p_lane, p_sender_id, p_client_msg_id, p_message_id, p_body) with ordinality
                            as d (conversation_id, lane, sender_id, client_msg_id, message_id, body, ord)
                         where d.conversation_id = any (settled)) g
                 cross join lateral append_entries(g.ids, g.lanes, g.types, g.senders, g.client_msg_ids,
                                                   g.message_ids, g.nothing, g.bodies, g.nothing, g.nothing) a
                  join lateral unnest(g.ids) with ordinality as w (conversation_id, ord) on w.ord = a.ord
                 group by w.conversation_id) d;
    end if;

    update bulk_items b
       set state = case when b.conversation_id = any (refused) then case when p_is_undo then 'kept' else 'skipped' end
                        else i.state end,
           why = case when b.conversation_id = any (refused) then 'gone' else i.why end,
           back = coalesce(i.back::jsonb, b.back),
           last_seq = h.last_seq,
           team_last_seq = h.team_last_seq
      from unnest(p_conversation_id, p_state, p_why, p_back) as i (conversation_id, state, why, back)
      join conversation_heads h on h.conversation_id = i.conversation_id
     where b.bulk_id = p_bulk_id and b.conversation_id = i.conversation_id and i.conversation_id = any (settled);

    update bulk_actions a
       set changed = a.changed + g.changed,
           skipped = a.skipped + g.skipped,
           undone = a.undone + g.undone,
           kept = a.kept + g.kept,
           version = a.version + 1
      from (select count(*) filter (where b.state = 'changed') as changed,
                   count(*) filter (where b.state = 'skipped') as skipped,
                   count(*) filter (where b.state = 'undone') as undone,
                   count(*) filter (where b.state = 'kept') as kept
              from bulk_items b
             where b.bulk_id = p_bulk_id and b.conversation_id = any (settled)) g
     where a.id = p_bulk_id;
    return settled;
end
$$;
