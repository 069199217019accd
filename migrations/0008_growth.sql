-- Whether anything was ever written in a conversation. A visitor who only opens the widget has one without; the team's
-- list reads past these by one index, and the clearing finds them by the other. No index may name last_seq, which
-- changes with each message: then no update of a head would be HOT. The default is for the rows that exist, most of
-- which have entries, and costs nothing.
alter table conversation_heads add column has_entries boolean not null default true;
update conversation_heads set has_entries = false where last_seq = 0 and team_last_seq = 0;
create index conversation_heads_listed on conversation_heads (active_at desc) where has_entries;
create index conversation_heads_empty on conversation_heads (updated_at) where not has_entries;
drop index conversation_heads_active;

-- What has ended is deleted in small steps, found by these.
create index sessions_expires on sessions (expires_at);
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;
create index refresh_tokens_revoked on refresh_tokens (revoked_at) where revoked_at is not null;

-- The system may delete what anyone wrote, in closed conversations too: that is how a customer is erased.
update users set is_admin = true where role = 'system';

-- Autovacuum waits for a fifth of a table to be dead, which for hot rows in a large table is hours of bloat. These
-- tables are updated in place, so little and often is cheap. The log only grows: there it is the visibility map
-- that must keep up.
alter table conversation_heads set (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 1
);
alter table marks set (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1
);
alter table user_presence set (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1
);
alter table bot_turns set (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 1
);
alter table sessions set (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1
);
alter table refresh_tokens set (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1
);
alter table entries set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
