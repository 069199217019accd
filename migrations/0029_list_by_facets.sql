-- Teams and priorities are facets too, and one index has all of them. The one by activity alone goes: of a status that ends
-- early, the planner would walk a million rows along it for a page that the other finds at once. A process of the version
-- before sorts instead while it is restarted.
alter table conversation_heads add column team_id integer;
update conversation_heads h
   set team_id = c.team_id
  from conversations c
 where c.id = h.conversation_id and c.team_id is not null;

create index conversation_heads_by_facets
    on conversation_heads (status, active_at desc, inbox_id, assignee_id, team_id, priority)
    include (waiting_since) where has_entries;
drop index conversation_heads_by_status;
drop index conversation_heads_listed;
