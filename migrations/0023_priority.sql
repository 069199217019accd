-- How pressing a conversation is, as a number to sort by: -1 low, 0 normal, 1 high, 2 urgent.
alter table conversation_heads
    add column priority smallint not null default 0 check (priority between -1 and 2);
