-- revision 4
-- A customer's open conversation, the latest of several, made when there is none. The customer's row is locked first, so that two tabs
-- which open at once share one. Statements of a volatile function see what was committed before each of them.
create or replace function open_conversation(p_customer_id integer, p_new_id uuid) returns uuid
language plpgsql
as $$
declare
    found_id uuid;
begin
    perform 1 from users where id = p_customer_id and role = 'customer' for no key update;
    select id into found_id
      from visible('customer', p_customer_id)
     where customer_id = p_customer_id and status = 'open'
     order by created_at desc, id desc
     limit 1;
    if found_id is null then
        insert into conversations (id, inbox_id, customer_id)
        select p_new_id, inbox_id, id from users where id = p_customer_id and role = 'customer'
        returning id into found_id;
        insert into conversation_heads (conversation_id, has_entries) values (found_id, false);
    end if;
    return found_id;
end
$$;
