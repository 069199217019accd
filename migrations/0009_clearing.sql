-- A visitor who never wrote is deleted, and with the user all that refers to it: without these, Postgres reads whole
-- tables for each of them.
create index refresh_tokens_user on refresh_tokens (user_id);
create index marks_user on marks (user_id);
create index conversation_agents_user on conversation_agents (user_id);
create index conversations_assignee on conversations (assignee_id) where assignee_id is not null;
