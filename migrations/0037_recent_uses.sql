-- What was used of late stands first: each use counts half after a month, so `score` is what they come to at `scored_at`.
-- Processes of the version before go on counting in `uses` alone.
alter table canned_reply_uses
    add column score     double precision not null default 0,
    add column scored_at timestamptz      not null default now();
update canned_reply_uses set score = uses;
