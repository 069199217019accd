-- How far an agent has read the notes, and what they have put back as unread. The marks only grow; what was put back is a
-- state of its own beside them, of which the larger version counts.
alter table marks
    add column team_read_seq bigint not null default 0,
    add column unread_from   bigint,
    add column version       bigint not null default 0,
    add column changed_in    xid8   not null default '0',
    add column changed_block bigint not null default -1;
create index marks_changed on marks (changed_block) where changed_block >= 0;

-- Which transaction last changed what an agent has read, as heads and presences have it: a sweep finds what no notice told
-- of, and an agent who comes back gets what changed meanwhile. A trigger says it, so that a process of the version before
-- does too. Of customers nobody asks: theirs change with every message, and would be found in vain.
create function stamp_mark() returns trigger
language plpgsql
as $$
begin
    if (select role from users where id = new.user_id) = 'agent' then
        new.changed_in := pg_current_xact_id();
        new.changed_block := change_block(new.changed_in);
    end if;
    return new;
end
$$;
create trigger stamp_new_mark before insert on marks
    for each row execute function stamp_mark();
create trigger stamp_mark before update on marks
    for each row when ((old.read_seq, old.team_read_seq, old.version) is distinct from
                       (new.read_seq, new.team_read_seq, new.version))
    execute function stamp_mark();
