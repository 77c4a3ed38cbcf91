-- First hour and end of the last hour that `spans` still holds of one day, in epoch seconds: what can be derived again.
select
  toUnixTimestamp(min(toStartOfHour(ts))) as first,
  toUnixTimestamp(max(toStartOfHour(ts))) + 3600 as after
from spans
where ts >= {from:DateTime('UTC')} and ts < {to:DateTime('UTC')}
having count() > 0
