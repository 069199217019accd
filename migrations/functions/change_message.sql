-- revision 2
-- Make a message read as an edit or a deletion has it, and forget what it read before: a text that was edited or
-- deleted away is nowhere in the log. The message holds its present text and names its latest edit; an edit that
-- another change has followed holds an empty text, which no edit can have by itself, so that readers of any version
-- can read it. Agents find what it read in former_texts, until it is deleted. The caller has locked the conversation's
-- head.
create or replace function change_message(
    p_conversation_id uuid, p_lane smallint, p_target_seq bigint, p_change_seq bigint, p_content jsonb
) returns void
language plpgsql
as $$
declare
    body      jsonb;
    last_edit bigint;
begin
    select e.body into body
      from entries e
     where e.conversation_id = p_conversation_id and e.lane = p_lane and e.seq = p_target_seq
       and e.type = 'message_received';
    last_edit := (body ->> 'last_edit')::bigint;
    if body ->> 'type' = 'deleted' then
        last_edit := p_change_seq;
    elsif p_content ->> 'type' = 'deleted' then
        update entries e set body = p_content
         where e.conversation_id = p_conversation_id and e.lane = p_lane and e.seq = p_target_seq;
        delete from former_texts f
         where f.conversation_id = p_conversation_id and f.lane = p_lane and f.target_seq = p_target_seq;
        delete from reactions r
         where r.conversation_id = p_conversation_id and r.lane = p_lane and r.target_seq = p_target_seq;
    elsif p_change_seq > coalesce(last_edit, 0) then
        insert into former_texts (conversation_id, lane, target_seq, said_seq, body)
        values (p_conversation_id, p_lane, p_target_seq, coalesce(last_edit, p_target_seq), body - 'last_edit');
        update entries e set body = p_content || jsonb_build_object('last_edit', p_change_seq)
         where e.conversation_id = p_conversation_id and e.lane = p_lane and e.seq = p_target_seq;
    else
        return;
    end if;
    update entries e set body = '{"type": "text", "text": ""}'
     where e.conversation_id = p_conversation_id and e.lane = p_lane and e.seq = last_edit
       and e.type = 'message_edited';
end
$$;
