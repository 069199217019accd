-- What a view of the list asks of a conversation stands beside its heads, in one row with what the list is sorted by: an
-- index can answer both, and a million conversations are looked into without being joined to. Where a facet belongs to
-- `conversations`, mirror_facets() keeps the two alike; processes of the version before write through the same triggers.
alter table conversation_heads
    add column inbox_id      integer,
    add column status        text,
    add column assignee_id   integer,
    -- Since when the customer has had no answer; null where nobody waits.
    add column waiting_since timestamptz;

update conversation_heads h
   set inbox_id = c.inbox_id,
       status = c.status,
       assignee_id = c.assignee_id,
       waiting_since = case when c.status = 'open' then
           (select m.created_at
              from entries m
              join users u on u.id = m.sender_id and u.role = 'customer'
             where m.conversation_id = h.conversation_id and m.lane = 0 and m.seq = h.last_message_seq
               and m.type = 'message_received')
       end
  from conversations c
 where c.id = h.conversation_id;

-- A list of one status by activity, narrowed by inbox or assignee without a look at the table; and all open ones counted.
create index conversation_heads_by_status on conversation_heads (status, active_at desc, inbox_id, assignee_id)
    include (waiting_since) where has_entries;
create index conversation_heads_by_wait on conversation_heads (waiting_since, conversation_id)
    include (status, inbox_id, assignee_id) where waiting_since is not null;

-- Each change of a facet, before and after (null: not in the list), for the counts of views that somebody looks at. Kept
-- for an hour. A crash may empty it: whoever counts by it then counts anew.
create unlogged table facet_changes (
    xact            xid8 not null,
    conversation_id uuid not null,
    before          jsonb,
    after           jsonb,
    at              timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);
create index facet_changes_xact on facet_changes (xact);
