-- revision 2
-- The conversations that a reader may see. Nothing else says so: whatever is read, written or told for somebody comes
-- from here instead of from the table, and what is not here does not exist for them.
--
-- A reader is a user, by role and id, or an API key, by 'api_key' and its own id. Agents, backends, bots and the system
-- see all conversations; customers see their own; any other kind sees none.
--
-- A table rather than a truth for each row: the planner puts the text below in the place of the call, so a rule that
-- looks into other tables is joined to and not called a million times. That asks for language sql, stable, not strict,
-- and no settings of its own. A call with a literal kind is a condition on customer_id that an index answers.
create or replace function visible_inboxes(reader_kind text, reader_id integer) returns setof inboxes
language sql stable
as $$
    select x.* from inboxes x where reader_kind in ('agent', 'api_key', 'bot', 'system')
$$;

create or replace function visible(reader_kind text, reader_id integer) returns setof conversations
language sql stable
as $$
    select c.*
      from conversations c
     where case reader_kind
               when 'customer' then c.customer_id = reader_id
               else reader_kind in ('agent', 'api_key', 'bot', 'system')
           end
$$;
