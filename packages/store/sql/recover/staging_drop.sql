-- Removes the staging table, at the end and, after a crash, at the beginning.
drop table if exists spans_restored sync
