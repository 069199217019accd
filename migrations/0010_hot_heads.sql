-- An index that names updated_at, if only in the few rows of its predicate, makes every update of a head write to all
-- indexes: of 12,850 appends none was HOT. active_at is indexed already, moves in whole minutes, and finds the same rows.
create index conversation_heads_waiting on conversation_heads (active_at) where not has_entries;
drop index conversation_heads_empty;

-- In a young cluster the first block of transactions is 0; heads that no transaction has changed are in none.
alter table conversation_heads alter column changed_block set default -1;
update conversation_heads set changed_block = -1 where changed_in = '0';
