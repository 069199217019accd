-- revision 1
-- Return which of a batch of entries are answers of agents who have not seen a colleague's message: by what each says to
-- have seen, and in the batch by what comes before, of which everything that is not stale itself will be stored. Asked
-- by append_entries() under the lock of the heads, and only where somebody has said what they have seen.
create or replace function stale_answers(
    p_conversation_id uuid[],
    p_lane            smallint[],
    p_type            text[],
    p_sender_id       integer[],
    p_client_msg_id   uuid[],
    p_seen_seq        bigint[],
    p_team_seen_seq   bigint[]
) returns bigint[]
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    return array(
        with answers as materialized (
            select i.*, i.seen_seq is not null or i.team_seen_seq is not null as is_guarded,
                   exists (select from entries e
                             join users a on a.id = e.sender_id and a.role = 'agent'
                            where e.conversation_id = i.conversation_id and e.lane = 0 and e.seq > i.seen_seq
                              and e.type = 'message_received' and e.sender_id <> i.sender_id
                              and e.body ->> 'type' <> 'deleted')
                   or exists (select from entries e
                                join users a on a.id = e.sender_id and a.role = 'agent'
                               where e.conversation_id = i.conversation_id and e.lane = 1 and e.seq > i.team_seen_seq
                                 and e.type = 'message_received' and e.sender_id <> i.sender_id
                                 and e.body ->> 'type' <> 'deleted') as is_stale
              from unnest(p_conversation_id, p_lane, p_type, p_sender_id, p_client_msg_id, p_seen_seq, p_team_seen_seq)
                   with ordinality
                as i (conversation_id, lane, type, sender_id, client_msg_id, seen_seq, team_seen_seq, ord)
              join users u on u.id = i.sender_id and u.role = 'agent' and u.disabled_at is null
              join lateral visible(u.role, u.id) c on c.id = i.conversation_id and c.status <> 'closed'
             where i.type = 'message_received' and i.lane = 0
               and not exists (select from entries first
                                where first.conversation_id = i.conversation_id and first.sender_id = i.sender_id
                                  and first.client_msg_id = i.client_msg_id)
        ), fresh as materialized (
            select a.*, row_number() over (partition by a.conversation_id order by a.ord) = 1 as is_first
              from answers a
             where not a.is_stale
        )
        select a.ord from answers a where a.is_stale
         union all
        -- Before it somebody else has written who was not guarded, or was the first.
        select f.ord
          from fresh f
         where f.is_guarded
           and exists (select from fresh o
                        where o.conversation_id = f.conversation_id and o.ord < f.ord and o.sender_id <> f.sender_id
                          and (o.is_first or not o.is_guarded)));
end
$$;
