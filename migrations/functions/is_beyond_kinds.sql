-- revision 1
-- Whether an emoji would be the twenty-first kind of reaction to a message. Those of the same batch before it (p_ord) are
-- counted with those that stand. The caller has locked the conversation's head.
create or replace function is_beyond_kinds(
    p_conversation_id uuid, p_lane smallint, p_target_seq bigint, p_emoji text,
    batch_conversation_id uuid[], batch_lane smallint[], batch_target_seq bigint[], batch_body text[], p_ord bigint
) returns boolean
language sql stable
as $$
    with standing as (
        select distinct r.emoji
          from reactions r
         where r.conversation_id = p_conversation_id and r.lane = p_lane and r.target_seq = p_target_seq
    ), coming as (
        select distinct b.body::jsonb ->> 'emoji' as emoji
          from unnest(batch_conversation_id, batch_lane, batch_target_seq, batch_body) with ordinality
            as b (conversation_id, lane, target_seq, body, ord)
         where b.conversation_id = p_conversation_id and b.lane = p_lane and b.target_seq = p_target_seq
           and b.ord < p_ord and b.body::jsonb @> '{"on": true}'
    )
    select not exists (select from standing s where s.emoji = p_emoji)
       and not exists (select from coming c where c.emoji = p_emoji)
       and (select count(*) from standing)
         + (select count(*) from coming c where not exists (select from standing s where s.emoji = c.emoji)) >= 20
$$;
