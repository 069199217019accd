-- revision 1
-- Write a note about a customer, and say what became of it: 'done', 'not_found' (no such conversation for this agent, or its
-- customer was erased) or 'too_many'. The customer's row is locked before the notes are counted, so that two agents do not
-- both write the last one.
create or replace function add_customer_note(
    p_agent_id integer, p_conversation_id uuid, p_text text, p_most integer
) returns text
language plpgsql
as $$
declare
    about integer;
begin
    select u.id into about
      from visible('agent', p_agent_id) c
      join users u on u.id = c.customer_id
     where c.id = p_conversation_id
       for no key update of u;
    if about is null or exists (select from users where id = about and disabled_at is not null) then
        return 'not_found';
    end if;
    if (select count(*) from customer_notes where customer_id = about) >= p_most then
        return 'too_many';
    end if;
    insert into customer_notes (customer_id, author_id, text) values (about, p_agent_id, p_text);
    update users set card_version = card_version + 1 where id = about;
    return 'done';
end
$$;
