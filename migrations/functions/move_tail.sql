-- revision 1
-- Let what is appended from now on come after all that was ever read of the tail, for this is another log than it
-- was: in a restored dump transactions are numbered anew, and after a failover some numbers are given twice. Called
-- for each new epoch, once.
--
-- Appends that are under way end first, and the next ones read the new base. What was appended before anybody
-- noticed, within the last minute, moves behind the new base with the rest: readers get it again rather than never.
create or replace function move_tail(p_epoch text) returns void
language plpgsql
set lock_timeout = '1s'
as $$
declare
    -- More numbers than a log can have lost.
    gap  constant bigint := 1::bigint << 40;
    -- More transactions than a minute can have.
    span constant bigint := 1::bigint << 22;
    xid  constant bigint := pg_current_xact_id()::text::bigint;
    old_base bigint;
    new_base bigint;
begin
    lock table tail in share row exclusive mode;
    select b.base, greatest((select max(t.xact) from tail t), b.cleared_xact, b.base + xid) + gap - xid
      into old_base, new_base
      from tail_bounds b
     where b.epoch is distinct from p_epoch
       for update;
    if not found then
        return;
    end if;
    update tail_bounds set base = new_base, epoch = p_epoch;
    update tail t
       set xact = new_base
     where t.xact between old_base + xid - span and old_base + xid
       and t.at > clock_timestamp() - interval '1 minute';
end
$$;
