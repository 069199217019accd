-- Until when a conversation is put aside, 'infinity' where that is until its customer writes, and when it was closed. They
-- stand in the hot row, which an append has locked, so that a customer's message knows whether it wakes anything without
-- asking; no message changes them but one that does, so an update stays HOT.
alter table conversation_heads
    add column snoozed_until timestamptz,
    add column closed_at     timestamptz;
create index conversation_heads_snoozed on conversation_heads (snoozed_until) where snoozed_until is not null;

-- Days after its end in which a closed conversation is opened again by its customer's next message. What was closed before
-- this has no closed_at, and stays closed.
alter table inboxes
    add column reopen_days integer not null default 7 check (reopen_days between 0 and 3650);
