-- A change of a conversation is an entry of its log, and the log is what changes it: the row and the entry are
-- written by one statement, so neither can be there without the other.
create function apply_conversation_event() returns trigger
language plpgsql
as $$
declare
    data jsonb := new.body -> 'data';
begin
    case new.body ->> 'event'
        when 'status_changed' then
            update conversations set status = data ->> 'status' where id = new.conversation_id;
        when 'assigned' then
            update conversations
               set assignee_id = (data ->> 'user_id')::integer
             where id = new.conversation_id;
        when 'agent_joined' then
            insert into conversation_agents (conversation_id, user_id)
            values (new.conversation_id, (data ->> 'user_id')::integer)
                on conflict do nothing;
            update conversations set bot_active = false where id = new.conversation_id and bot_active;
        when 'bot_handover' then
            update conversations set bot_active = false where id = new.conversation_id and bot_active;
        else
            null;
    end case;
    return null;
end
$$;

create trigger conversation_event
    after insert on entries
    for each row when (new.type = 'conversation_event')
    execute function apply_conversation_event();

-- A customer's open conversation, made when there is none. The customer's row is locked first, so that two tabs
-- which open at once share one. Statements of a volatile function see what was committed before each of them.
create function open_conversation(p_customer_id integer, p_new_id uuid) returns uuid
language plpgsql
as $$
declare
    found_id uuid;
begin
    perform 1 from users where id = p_customer_id and role = 'customer' for no key update;
    select id into found_id
      from (select id, status from conversations
             where customer_id = p_customer_id
             order by created_at desc, id desc
             limit 1) as latest
     where status = 'open';
    if found_id is null then
        insert into conversations (id, inbox_id, customer_id)
        select p_new_id, inbox_id, id from users where id = p_customer_id and role = 'customer'
        returning id into found_id;
        insert into conversation_heads (conversation_id) values (found_id);
    end if;
    return found_id;
end
$$;

-- Expired rows are deleted a few at a time, at sign-in.
create index refresh_tokens_expires on refresh_tokens (expires_at);
