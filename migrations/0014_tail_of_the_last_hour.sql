-- A message that was stored before there was a tail, and whose bot was still thinking when the last process of the older
-- version ended, is found in the tail or by nobody. So the tail begins with the last hour, which is as long as anybody
-- waits for a bot. It comes before all that any transaction will append that has not ended yet. Where the tail has rows,
-- another order would be wrong, and whoever appended these looks after them.
insert into tail (xact, conversation_ids, lanes, seqs, at)
select b.base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1,
       array[e.conversation_id], array[e.lane], array[e.seq], e.created_at
  from (select e.conversation_id, e.lane, e.seq, e.created_at,
               -- A clock may have been set back; a lane never goes back.
               max(e.created_at) over (partition by e.conversation_id, e.lane order by e.seq) as ordered_at
          from conversation_heads h
          join entries e on e.conversation_id = h.conversation_id
         where h.active_at >= date_trunc('minute', now() - interval '1 hour')
           and e.created_at >= now() - interval '1 hour') e
 cross join tail_bounds b
 where not exists (select from tail)
 order by e.ordered_at, e.conversation_id, e.lane, e.seq;
