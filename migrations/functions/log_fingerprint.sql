-- revision 1
-- What tells this log from one that was put in its place: the cluster, its timeline, which grows with each failover
-- and each recovery to a point in time, the database and the table, which a restored dump makes anew. Null on a
-- standby, where nobody writes. Some providers keep pg_control_system() for themselves; then the rest has to do.
create or replace function log_fingerprint() returns text
language plpgsql stable
as $$
declare
    cluster text := '';
begin
    if pg_is_in_recovery() then
        return null;
    end if;
    if has_function_privilege('pg_control_system()', 'execute') then
        select system_identifier::text into cluster from pg_control_system();
    end if;
    return concat_ws('-', cluster, substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
                     (select oid from pg_database where datname = current_database()), 'entries'::regclass::oid);
end
$$;
