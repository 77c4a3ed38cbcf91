drop table if exists spans_restored sync
