-- revision 4
-- The facets of a conversation are what views of the list may ask of it: columns of its head, which the compiled view reads
-- and the counts of views move by. A facet of a feature's own has a line in each of the lists below.

-- As the counts read them; app/desk/views/facets.py has the same fields.
create or replace function facets_of(head conversation_heads) returns jsonb
language sql stable
as $$
    select jsonb_build_object(
        'status', head.status,
        'inbox_id', head.inbox_id,
        'assignee_id', head.assignee_id,
        'team_id', head.team_id,
        'priority', (array['low', 'normal', 'high', 'urgent'])[head.priority + 2],
        'waiting', head.waiting_since is not null,
        'labels', head.labels
    )
$$;

create or replace function note_facets() returns trigger
language plpgsql
as $$
begin
    insert into facet_changes (xact, conversation_id, before, after)
    values (pg_current_xact_id(), coalesce(new.conversation_id, old.conversation_id),
            case when old.has_entries then facets_of(old) end, case when new.has_entries then facets_of(new) end);
    return null;
end
$$;

create or replace trigger note_facets after update on conversation_heads
    for each row when (
        (old.has_entries, old.status, old.inbox_id, old.assignee_id, old.team_id, old.priority,
         old.waiting_since is null, old.labels)
        is distinct from
        (new.has_entries, new.status, new.inbox_id, new.assignee_id, new.team_id, new.priority,
         new.waiting_since is null, new.labels)
    )
    execute function note_facets();
create or replace trigger note_new_facets after insert on conversation_heads
    for each row when (new.has_entries) execute function note_facets();
create or replace trigger note_old_facets after delete on conversation_heads
    for each row when (old.has_entries) execute function note_facets();

-- A new head takes its facets from the conversation.
create or replace function take_facets() returns trigger
language plpgsql
as $$
begin
    select c.status, c.inbox_id, c.assignee_id, c.team_id
      into new.status, new.inbox_id, new.assignee_id, new.team_id
      from conversations c
     where c.id = new.conversation_id;
    return new;
end
$$;

create or replace trigger take_facets before insert on conversation_heads
    for each row execute function take_facets();

-- A changed conversation hands them on. In a closed one nobody waits; an open one may be snoozed, which only its head knows.
create or replace function mirror_facets() returns trigger
language plpgsql
as $$
begin
    update conversation_heads h
       set status = case when new.status = 'open' and h.snoozed_until is not null then 'snoozed' else new.status end,
           inbox_id = new.inbox_id,
           assignee_id = new.assignee_id,
           team_id = new.team_id,
           waiting_since = case when new.status <> 'closed' then h.waiting_since end
     where h.conversation_id = new.id
       and (case h.status when 'snoozed' then 'open' else h.status end, h.inbox_id, h.assignee_id, h.team_id)
           is distinct from (new.status, new.inbox_id, new.assignee_id, new.team_id);
    return null;
end
$$;

create or replace trigger mirror_facets after update on conversations
    for each row execute function mirror_facets();
