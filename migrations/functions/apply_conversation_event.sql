-- revision 7
-- A change of a conversation is an entry of its log, and the log is what changes it: the row and the entry are
-- written by one statement, so neither can be there without the other.
create or replace function apply_conversation_event() returns trigger
language plpgsql
as $$
declare
    data jsonb := new.body -> 'data';
begin
    case new.body ->> 'event'
        when 'status_changed' then
            update conversation_heads
               set snoozed_until = null,
                   status = case status when 'snoozed' then 'open' else status end,
                   closed_at = case data ->> 'status' when 'closed' then new.created_at end
             where conversation_id = new.conversation_id;
            update conversations set status = data ->> 'status' where id = new.conversation_id;
        when 'snoozed' then
            update conversation_heads
               set snoozed_until = coalesce((data ->> 'until')::timestamptz, 'infinity'),
                   status = 'snoozed'
             where conversation_id = new.conversation_id and status <> 'closed';
        when 'woken' then
            update conversation_heads
               set snoozed_until = null,
                   status = 'open'
             where conversation_id = new.conversation_id and snoozed_until is not null;
        when 'priority_changed' then
            update conversation_heads
               set priority = array_position(array['low', 'normal', 'high', 'urgent'], data ->> 'priority') - 2
             where conversation_id = new.conversation_id;
        when 'labels_changed' then
            -- One that is just ending is waited for: see end_label().
            perform 1
               from labels l
              where l.id in (select (a ->> 'id')::integer from jsonb_array_elements(data -> 'added') a)
              order by l.id
                for share;
            -- What was merged meanwhile is what it was merged into, and what was deleted is nothing.
            update conversation_heads h
               set labels = array(
                       select distinct coalesce(l.merged_into, l.id) as id
                         from labels l
                        where (l.id = any (h.labels)
                               or l.id in (select (a ->> 'id')::integer from jsonb_array_elements(data -> 'added') a))
                          and l.id not in (select (r ->> 'id')::integer from jsonb_array_elements(data -> 'removed') r)
                          and (l.deleted_at is null or l.merged_into is not null)
                        order by id)
             where h.conversation_id = new.conversation_id;
        when 'assigned' then
            update conversations
               set assignee_id = (data ->> 'user_id')::integer
             where id = new.conversation_id;
        when 'team_changed' then
            update conversations set team_id = (data ->> 'team_id')::integer where id = new.conversation_id;
        when 'agent_joined' then
            insert into conversation_agents (conversation_id, user_id, has_part)
            values (new.conversation_id, (data ->> 'user_id')::integer, true)
                on conflict (conversation_id, user_id) do update set has_part = true;
            update conversations set bot_active = false where id = new.conversation_id and bot_active;
        when 'bot_handover' then
            update conversations set bot_active = false where id = new.conversation_id and bot_active;
        when 'customer_changed' then
            update users u
               set name = case when said.what ? 'name' then said.what ->> 'name' else u.name end,
                   name_by = case when said.what ? 'name' then 'agent' else u.name_by end,
                   email = case when said.what ? 'email' then said.what ->> 'email' else u.email end,
                   email_by = case when said.what ? 'email' then 'agent' else u.email_by end,
                   phone = case when said.what ? 'phone' then said.what ->> 'phone' else u.phone end,
                   phone_by = case when said.what ? 'phone' then 'agent' else u.phone_by end,
                   card_version = u.card_version + 1
              from (select jsonb_object_agg(c ->> 'field', c -> 'after') as what
                      from jsonb_array_elements(data -> 'changes') c) said
             where u.id = (select customer_id from conversations where id = new.conversation_id)
               and u.disabled_at is null;
        else
            null;
    end case;
    return null;
end
$$;
