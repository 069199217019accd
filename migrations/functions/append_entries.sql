-- revision 11
-- Append a batch to the log: lock the heads, look for duplicates after the lock, number, insert. One statement for
-- the caller, so that the locks live no longer than its commit, and a server that dies leaves none.
--
-- One row comes back per item, in no order: verdict is 'new', 'duplicate' (seq, message_id and created_at are the
-- first one's), 'conflict' (the same client_msg_id with another content), 'not_found' (no such conversation or
-- target, or not for this sender), 'forbidden' (another's message), 'closed', 'silenced' (a bot that comes too late: an
-- agent has taken over), 'stale' (see stale_answers()), or 'too_many' (a twenty-first kind of reaction). A customer's message
-- opens what was closed not long ago, and what is snoozed: see wake_conversations(). `bot` names the inbox's bot where it
-- should answer this entry; `newcomer` says that an agent writes here who was not here before.
--
-- The planner is told to walk indexes: a batch is small whatever the tables hold, and a plan made while they were
-- empty must not become a scan when they are large.
create or replace function append_entries(
    p_conversation_id uuid[],
    p_lane            smallint[],
    p_type            text[],
    p_sender_id       integer[],
    p_client_msg_id   uuid[],
    p_message_id      uuid[],
    p_target_seq      bigint[],
    p_body            text[],
    p_seen_seq        bigint[],
    p_team_seen_seq   bigint[]
) returns table (
    ord bigint, verdict text, seq bigint, message_id uuid, created_at timestamptz, bot text, newcomer boolean
)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    now constant timestamptz := clock_timestamp();
    -- The number of the last append to one of these conversations.
    latest bigint;
    -- The places of answers whose senders have not seen what a colleague said.
    stale bigint[];
    -- Whether one of them is snoozed or closed, by the rows as they are once they are locked.
    is_dormant boolean;
    -- Other conversations of customers who are changed here: their rows tell the name too. See lock_customers().
    also uuid[];
begin
    if 'conversation_event' = any (p_type) then
        also := lock_customers(p_conversation_id, p_type, p_body);
    end if;
    -- In the order of their ids, so that two processes cannot wait for each other.
    select max(h.tail_xact), bool_or(h.is_dormant) into latest, is_dormant
      from (select h.tail_xact, h.snoozed_until is not null or h.closed_at is not null as is_dormant
              from conversation_heads h
             where h.conversation_id = any (p_conversation_id || also)
             order by h.conversation_id
               for update) h;

    if array_remove(p_seen_seq || p_team_seen_seq, null) <> '{}' then
        stale := stale_answers(p_conversation_id, p_lane, p_type, p_sender_id, p_client_msg_id, p_seen_seq,
                               p_team_seen_seq);
    end if;

    return query
    with judged as materialized (
        select i.ord, i.conversation_id, i.lane, i.type, i.sender_id, i.client_msg_id, i.message_id, i.target_seq,
               i.body::jsonb as body,
               case i.lane when 0 then h.last_seq else h.team_last_seq end as head,
               u.role,
               u.role = 'agent' and i.type = 'message_received' and i.lane = 0 as by_agent,
               u.role = 'customer' and i.type = 'message_received' and i.lane = 0 as by_customer,
               case when c.bot_active then nullif(x.bot, 'none') end as bot,
               first.seq as first_seq, first.message_id as first_message_id, first.created_at as first_created_at,
               case
                   when h.conversation_id is null or c.id is null or u.disabled_at is not null
                     or (u.role = 'customer' and i.lane <> 0) then 'not_found'
                   when first.seq is not null then
                       case when first.type = i.type and first.lane = i.lane
                             and first.target_seq is not distinct from i.target_seq
                             -- A text that was changed since is not there to be compared with.
                             and (first.body = i.body::jsonb or first.body ->> 'type' = 'deleted'
                                  or first.body ? 'last_edit' or first.body ->> 'text' = '')
                            then 'duplicate' else 'conflict' end
                   when i.target_seq is not null and (target.seq is null or target.type <> 'message_received'
                                                      or (target.body ->> 'type' = 'deleted'
                                                          -- It may be deleted while somebody answers it.
                                                          and i.type <> 'message_received')) then 'not_found'
                   when i.type in ('message_edited', 'message_deleted') and target.sender_id <> i.sender_id
                     and not u.is_admin then 'forbidden'
                   when u.role = 'bot' and i.type = 'message_received' and not c.bot_active then 'silenced'
                   when i.type = 'reaction_changed' and i.body::jsonb @> '{"on": true}'
                     and is_beyond_kinds(i.conversation_id, i.lane, i.target_seq, i.body::jsonb ->> 'emoji',
                                         p_conversation_id, p_lane, p_target_seq, p_body, i.ord) then 'too_many'
                   when c.status = 'closed' and i.type <> 'conversation_event' and u.role <> 'system'
                     and not (u.role = 'customer' and i.type = 'message_received'
                              and coalesce(h.closed_at > now - make_interval(days => x.reopen_days), false))
                        then 'closed'
                   when i.ord = any (stale) then 'stale'
                   else 'new'
               end as verdict
          from unnest(p_conversation_id, p_lane, p_type, p_sender_id, p_client_msg_id, p_message_id, p_target_seq,
                      p_body) with ordinality
            as i (conversation_id, lane, type, sender_id, client_msg_id, message_id, target_seq, body, ord)
          left join conversation_heads h on h.conversation_id = i.conversation_id
          left join users u on u.id = i.sender_id
          left join lateral visible(u.role, u.id) c on c.id = i.conversation_id
          left join inboxes x on x.id = c.inbox_id
          left join entries first on first.conversation_id = i.conversation_id
                                 and first.sender_id = i.sender_id
                                 and first.client_msg_id = i.client_msg_id
          left join entries target on target.conversation_id = i.conversation_id
                                  and target.lane = i.lane
                                  and target.seq = i.target_seq
    ), numbered as materialized (
        select j.*, j.head + count(*) filter (where j.verdict = 'new')
                        over (partition by j.conversation_id, j.lane order by j.ord) as new_seq,
               j.by_agent and j.verdict = 'new'
               and not exists (select from conversation_agents a
                                where a.conversation_id = j.conversation_id and a.user_id = j.sender_id
                                  and a.has_part) as newcomer
          from judged j
    ), inserted as (
        insert into entries
               (conversation_id, lane, seq, type, sender_id, client_msg_id, message_id, target_seq, body, created_at)
        select n.conversation_id, n.lane, n.new_seq, n.type, n.sender_id, n.client_msg_id, n.message_id, n.target_seq,
               n.body, now
          from numbered n
         where n.verdict = 'new'
         order by n.ord
    ), tailed as (
        -- One row for all of it. Its number is that of the transaction, or the latest one if that is larger: a
        -- transaction that began first may have waited for a later one. Numbers that are still to come are those of
        -- another cluster. The base is read after the table was locked, so never one that is being replaced: see
        -- move_tail().
        insert into tail (xact, conversation_ids, lanes, seqs, at)
        select (select greatest(b.base + pg_current_xact_id()::text::bigint,
                                case when latest < b.base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                                     then latest end)
                  from tail_bounds b),
               array_agg(n.conversation_id), array_agg(n.lane), array_agg(n.new_seq), now
          from numbered n
         where n.verdict = 'new'
        having count(*) > 0
        returning xact
    ), bumped as (
        update conversation_heads h
           set last_seq = coalesce(g.last_seq, h.last_seq),
               team_last_seq = coalesce(g.team_last_seq, h.team_last_seq),
               last_message_seq = coalesce(g.last_message_seq, h.last_message_seq),
               -- An agent who writes has read; what the customer wrote after that is unread.
               unread = case when g.by_agent then 0 else h.unread end + g.unread,
               -- From the first message without an answer on; whoever answers, it is one.
               waiting_since = case when g.last_message_seq is null then h.waiting_since
                                    when g.last_message_seq = g.customer_seq then coalesce(h.waiting_since, now) end,
               version = h.version + 1,
               updated_at = now,
               active_at = date_trunc('minute', now),
               has_entries = true,
               tail_xact = (select t.xact from tailed t),
               changed_in = pg_current_xact_id(),
               changed_block = change_block(pg_current_xact_id())
          from (select n.conversation_id,
                       max(n.new_seq) filter (where n.lane = 0) as last_seq,
                       max(n.new_seq) filter (where n.lane = 1) as team_last_seq,
                       max(n.new_seq) filter (where n.lane = 0 and n.type = 'message_received') as last_message_seq,
                       max(n.new_seq) filter (where n.by_customer) as customer_seq,
                       bool_or(n.by_agent) as by_agent,
                       count(*) filter (where n.by_customer and n.new_seq > n.agent_seq) as unread
                  from (select n.*, coalesce(max(n.new_seq) filter (where n.by_agent)
                                                 over (partition by n.conversation_id), 0) as agent_seq
                          from numbered n
                         where n.verdict = 'new') n
                 group by n.conversation_id) g
         where h.conversation_id = g.conversation_id
    ), joined as (
        insert into conversation_agents as a (conversation_id, user_id, has_part)
        select distinct n.conversation_id, n.sender_id, true
          from numbered n
         where n.newcomer
            on conflict (conversation_id, user_id) do update set has_part = true
    ), silenced as (
        -- Where an agent has written, the bot is silent from the next statement on.
        update conversations c
           set bot_active = false
          from numbered n
         where n.by_agent and n.verdict = 'new' and c.id = n.conversation_id and c.bot_active
    )
    select n.ord, n.verdict, coalesce(n.first_seq, n.new_seq), coalesce(n.first_message_id, n.message_id),
           coalesce(n.first_created_at, now), case when n.by_customer then n.bot end,
           n.newcomer
      from numbered n;

    if is_dormant or 'conversation_event' = any (p_type) then
        perform wake_conversations(now, p_conversation_id, p_type, p_sender_id, p_client_msg_id, p_body);
    end if;
    -- What a change takes away is gone: the text leaves the log, the row stays, and with it the numbering.
    if p_type && array['message_edited', 'message_deleted'] then
        perform change_message(e.conversation_id, e.lane, e.target_seq, e.seq,
                               case e.type when 'message_deleted' then '{"type": "deleted"}' else e.body end)
           from (select e.*
                   from unnest(p_conversation_id, p_type, p_sender_id, p_client_msg_id)
                     as d (conversation_id, type, sender_id, client_msg_id)
                   join entries e on e.conversation_id = d.conversation_id and e.sender_id = d.sender_id
                                 and e.client_msg_id = d.client_msg_id and e.type = d.type
                  where d.type in ('message_edited', 'message_deleted')
                  order by e.conversation_id, e.lane, e.seq) e;
    end if;
end
$$;

-- The same for processes of the version before, whose agents say nothing of what they have seen.
create or replace function append_entries(
    p_conversation_id uuid[],
    p_lane            smallint[],
    p_type            text[],
    p_sender_id       integer[],
    p_client_msg_id   uuid[],
    p_message_id      uuid[],
    p_target_seq      bigint[],
    p_body            text[]
) returns table (
    ord bigint, verdict text, seq bigint, message_id uuid, created_at timestamptz, bot text, newcomer boolean
)
language sql
as $$
    select *
      from append_entries(p_conversation_id, p_lane, p_type, p_sender_id, p_client_msg_id, p_message_id, p_target_seq,
                          p_body, null, null)
$$;
