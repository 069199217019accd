-- revision 2
-- Take a label that has ended from the conversations that have it, and where p_into is not null give them that one instead;
-- the saved views that name it name that one then. What the log says of it stays as it was said. Returns whether there was
-- such a label, and one to move it into; safe to repeat.
--
-- Heads are locked in the order of their ids, as appends do, and no label is: see end_label(). A process of the version before
-- calls this alone.
create or replace function move_label(p_from integer, p_into integer) returns boolean
language plpgsql
as $$
begin
    perform pg_advisory_xact_lock(hashtext('labels'));
    perform 1 from labels l
      where l.id = p_from and l.deleted_at is not null and l.merged_into is not distinct from p_into;
    if not found and not end_label(p_from, p_into) then
        return false;
    end if;
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
    if p_into is not null then
        update saved_views v
           set predicate = relabelled(v.predicate, p_from, p_into),
               version = v.version + 1
         where relabelled(v.predicate, p_from, p_into) <> v.predicate;
    end if;
    return true;
end
$$;

-- A view's predicate with another label in the place of one.
create or replace function relabelled(p_predicate jsonb, p_from integer, p_into integer) returns jsonb
language plpgsql immutable
as $$
begin
    case
        when jsonb_typeof(p_predicate) = 'array' then
            return coalesce((select jsonb_agg(relabelled(part, p_from, p_into) order by ord)
                               from jsonb_array_elements(p_predicate) with ordinality as p (part, ord)), '[]');
        when p_predicate ? 'of' then
            return jsonb_set(p_predicate, '{of}', relabelled(p_predicate -> 'of', p_from, p_into));
        when p_predicate ->> 'field' = 'label' and p_predicate -> 'value' @> to_jsonb(p_from) then
            return jsonb_set(p_predicate, '{value}',
                             (select jsonb_agg(named.value order by named.ord)
                                from (select case l.value when to_jsonb(p_from) then to_jsonb(p_into) else l.value end
                                                 as value, min(l.ord) as ord
                                        from jsonb_array_elements(p_predicate -> 'value') with ordinality
                                          as l (value, ord)
                                       group by 1) named));
        else
            return p_predicate;
    end case;
end
$$;
