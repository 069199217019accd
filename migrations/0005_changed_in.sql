-- Which transaction last changed what the list shows of a conversation. A sweep compares it with the snapshot of its
-- last look, and so finds what was committed since, however late, without trusting clocks or hints. Every statement
-- that changes a head sets both columns.
--
-- The transaction itself cannot be indexed: each message would then write to every index of its row. Blocks of 4,096
-- transactions are, so an update stays HOT but for the first in each block, and a sweep reads the rows of one block
-- more than it has to.
create function change_block(xid8) returns bigint
language sql immutable strict parallel safe
as $$ select $1::text::bigint >> 12 $$;

alter table conversation_heads
    add column changed_in    xid8   not null default '0',
    add column changed_block bigint not null default 0;
create index conversation_heads_changed on conversation_heads (changed_block);
