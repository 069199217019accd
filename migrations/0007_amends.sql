-- Whether the agent takes part in the conversation, so that its customer sees them, or has only looked in.
alter table conversation_agents add column has_part boolean not null default false;

-- How far amend_conversations() has come in bringing what older versions have written up to today's rules.
insert into installation (name, value) values ('amended_up_to', '00000000-0000-0000-0000-000000000000');
