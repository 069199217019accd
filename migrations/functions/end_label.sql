-- revision 1
-- Say of a label that it is gone, or of another one. Returns whether there was such a label, and one that it can be merged
-- into; safe to repeat. move_label() takes it from the conversations afterwards, in a transaction of its own.
--
-- Whoever changes a conversation has its head first and the labels after it. So nothing here asks for a head, and when this
-- has its label, whatever was giving it to a conversation is committed, and is found; what comes later reads that it is gone.
create or replace function end_label(p_from integer, p_into integer) returns boolean
language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(hashtext('labels'));
    perform 1 from labels where id in (p_from, p_into) order by id for update;
    perform 1 from labels l
      where l.id = p_from
        and (l.deleted_at is null or l.merged_into is not distinct from p_into)
        and (p_into is null
             or p_from <> p_into and exists (select from labels t where t.id = p_into and t.deleted_at is null));
    if not found then
        return false;
    end if;
    update labels
       set deleted_at = coalesce(deleted_at, now()), merged_into = p_into
     where (id = p_from or merged_into = p_from)
       and (deleted_at is null or merged_into is distinct from p_into);
    return true;
end
$$;
