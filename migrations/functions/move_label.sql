-- revision 1
-- End a label: take it from the conversations that have it, and where p_into is not null give them that one instead. What
-- the log says of it stays as it was said. Returns whether there was such a label, and one to move it into; safe to repeat,
-- which also moves what a change that crossed the first time has brought.
--
-- Heads are locked in the order of their ids, as appends do, which lock no label.
create or replace function move_label(p_from integer, p_into integer) returns boolean
language plpgsql
as $$
begin
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
    perform 1
       from conversation_heads h
      where h.labels <> '{}' and h.labels @> array[p_from]
      order by h.conversation_id
        for update;
    update conversation_heads h
       set labels = array(select distinct l.id
                            from unnest(array_replace(h.labels, p_from, p_into)) as l (id)
                           where l.id is not null
                           order by l.id),
           version = h.version + 1,
           changed_in = pg_current_xact_id(),
           changed_block = change_block(pg_current_xact_id())
     where h.labels <> '{}' and h.labels @> array[p_from];
    return true;
end
$$;
