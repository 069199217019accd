-- revision 1
-- Lock the customers whom a batch changes, and return all their conversations, for append_entries() to lock as well. A change of
-- a customer makes a new version of the row of each of them: see touch_conversations(). Whoever else changes a customer has
-- their row first and the heads after it, in the order of their ids, and so it is here: two changes beside two conversations
-- of one customer would wait for each other else.
create or replace function lock_customers(p_conversation_id uuid[], p_type text[], p_body text[]) returns uuid[]
language plpgsql
as $$
declare
    customers integer[];
begin
    select array_agg(c.customer_id) into customers
      from unnest(p_conversation_id, p_type, p_body) as i (conversation_id, type, body)
      join conversations c on c.id = i.conversation_id
     where i.type = 'conversation_event' and i.body::jsonb ->> 'event' = 'customer_changed';
    if customers is null then
        return null;
    end if;
    perform 1 from users where id = any (customers) order by id for no key update;
    return array(select c.id from conversations c where c.customer_id = any (customers));
end
$$;
