-- revision 1
-- Begin a further conversation for a customer, whatever others they have. The customer's row is locked first, so two tabs
-- wait for each other. The same p_client_id again is the same conversation, and one in which nothing was said yet is as good
-- as new: a customer never has two of them. Null: as many as may be are open.
create or replace function begin_conversation(
    p_customer_id integer, p_new_id uuid, p_client_id uuid, p_most_open integer
) returns uuid
language plpgsql
as $$
declare
    found_id uuid;
    open_count integer;
begin
    perform 1 from users where id = p_customer_id and role = 'customer' for no key update;
    select c.id into found_id
      from visible('customer', p_customer_id) c
     where c.customer_id = p_customer_id and c.client_id = p_client_id;
    if found_id is not null then
        return found_id;
    end if;
    select c.id into found_id
      from visible('customer', p_customer_id) c
      join conversation_heads h on h.conversation_id = c.id
     where c.customer_id = p_customer_id and c.status = 'open' and h.last_seq = 0
     order by c.created_at desc, c.id desc
     limit 1;
    if found_id is not null then
        return found_id;
    end if;
    select count(*) into open_count
      from visible('customer', p_customer_id) c
     where c.customer_id = p_customer_id and c.status = 'open';
    if open_count >= p_most_open then
        return null;
    end if;
    insert into conversations (id, inbox_id, customer_id, client_id)
    select p_new_id, inbox_id, id, p_client_id from users where id = p_customer_id and role = 'customer'
    returning id into found_id;
    insert into conversation_heads (conversation_id, has_entries) values (found_id, false);
    return found_id;
end
$$;
