-- The words by which agents sort conversations. A label that was merged or deleted keeps its row, for entries name it, and a
-- change that crosses the merge may still bring it; nobody is shown it any more.
create table labels (
    id          integer generated always as identity primary key,
    name        text not null,
    colour      text not null,
    merged_into integer references labels (id),
    deleted_at  timestamptz,
    created_at  timestamptz not null default now()
);
create unique index labels_name on labels (lower(name)) where deleted_at is null;

-- Their number grows with each change, in the order of the commits: one row, which one change after the other locks.
insert into installation (name, value) values ('labels_version', '1');
create function count_labels_change() returns trigger
language plpgsql
as $$
begin
    update installation set value = value::bigint + 1 where name = 'labels_version';
    return null;
end
$$;
create trigger count_labels_change after insert or update or delete on labels
    for each statement execute function count_labels_change();

-- Ids of labels, in their order, beside the other things that views ask of a conversation. The index leaves out the many
-- that have none, so a condition on labels has to say that there are some.
alter table conversation_heads
    add column labels integer[] not null default '{}';
create index conversation_heads_labels on conversation_heads using gin (labels) where labels <> '{}';
