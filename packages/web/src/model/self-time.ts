/**
 * Self time: how much of a span no direct child covers.
 *
 * Definition (the one for the whole product): duration minus the length of the union of the direct children's
 * intervals, each clipped to the span. Overlapping children count once; a child outside its parent covers nothing.
 *
 * Never knows: how self time is shown.
 */

/**
 * Self time by position, in the unit of the times. The arrays are in depth-first order with children in start
 * order, so one pass with one "covered up to" mark per parent is enough.
 */
export function selfTimes(
  parent: Int32Array,
  start: Float64Array,
  duration: Float64Array,
): Float64Array {
  const self = duration.slice();
  const coveredTo = start.slice();
  for (let i = 0; i < parent.length; i++) {
    const above = parent[i]!;
    if (above < 0) {
      continue;
    }
    const from = Math.max(start[i]!, coveredTo[above]!);
    const to = Math.min(start[i]! + duration[i]!, start[above]! + duration[above]!);
    if (to > from) {
      self[above] = Math.max(0, self[above]! - (to - from));
      coveredTo[above] = to;
    }
  }
  return self;
}
