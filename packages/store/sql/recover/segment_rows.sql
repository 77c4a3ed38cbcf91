-- How many rows of each segment are in `spans`.
select
  toString(segment) as segment,
  count() as rows
from spans
where segment in {segments:Array(UInt64)}
group by segment
