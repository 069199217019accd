-- Which transaction last changed whose presence, as heads have it: a sweep finds what no notice told of, and an agent who
-- comes back gets what changed meanwhile. A trigger says it, so that a process of the version before does too.
alter table user_presence
    add column changed_in    xid8   not null default '0',
    add column changed_block bigint not null default -1;
create index user_presence_changed on user_presence (changed_block);

create function stamp_presence() returns trigger
language plpgsql
as $$
begin
    new.changed_in := pg_current_xact_id();
    new.changed_block := change_block(new.changed_in);
    return new;
end
$$;
create trigger stamp_presence before insert or update on user_presence
    for each row execute function stamp_presence();

-- A row of the list shows names and an address, so their change makes a new version of it. Heads are locked in the order of
-- their ids, as appends do.
create function touch_conversations() returns trigger
language plpgsql
as $$
begin
    perform 1
       from conversation_heads h
      where h.conversation_id in (select id from conversations where customer_id = new.id
                                   union all
                                  select id from conversations where assignee_id = new.id)
      order by h.conversation_id
        for update;
    update conversation_heads h
       set version = h.version + 1,
           changed_in = pg_current_xact_id(),
           changed_block = change_block(pg_current_xact_id())
     where h.conversation_id in (select id from conversations where customer_id = new.id
                                  union all
                                 select id from conversations where assignee_id = new.id);
    return null;
end
$$;
create trigger touch_conversations after update of name, email on users
    for each row when (old.name is distinct from new.name or old.email is distinct from new.email)
    execute function touch_conversations();
