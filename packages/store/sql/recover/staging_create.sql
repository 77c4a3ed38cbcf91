-- A table like `spans` to which no view listens: a segment that comes back through it does not count
-- twice in the tables that views derive.
create table if not exists spans_restored as spans
