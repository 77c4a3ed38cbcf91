/**
 * Groups of same-named siblings: 48 calls of one endpoint become one row with their sum and p95.
 *
 * A group is five or more children of one parent with the same service and operation, wherever they stand among
 * their siblings. Linear in the number of spans.
 *
 * Never knows: whether grouping is switched on, or which groups are open.
 */

/** From this many same-named siblings on, a group row pays for the click it costs. */
export const GROUP_MIN = 5;

export interface Groups {
  readonly count: number;
  /** Group of each position, −1 for none. */
  readonly of: Int32Array;
  /** Members of group g in order: `members[from[g]] … members[from[g + 1] − 1]`. */
  readonly from: Uint32Array;
  readonly members: Uint32Array;
  readonly sum: Float64Array;
  readonly p95: Float64Array;
}

export interface GroupInput {
  readonly parent: Int32Array;
  readonly service: ArrayLike<number>;
  readonly name: ArrayLike<number>;
  readonly duration: Float64Array;
}

/** Finds the groups of a trace in depth-first order. Roots count as siblings of each other. */
export function groupSiblings(input: GroupInput): Groups {
  const of = bucketsOfSiblings(input);
  const sizes = bucketSizes(of);
  const from = [0];
  const groupOfBucket = new Int32Array(sizes.length).fill(-1);
  sizes.forEach((size, bucket) => {
    if (size >= GROUP_MIN) {
      groupOfBucket[bucket] = from.length - 1;
      from.push(from[from.length - 1]! + size);
    }
  });
  const members = new Uint32Array(from[from.length - 1]!);
  const next = Uint32Array.from(from);
  for (let i = 0; i < of.length; i++) {
    const group = groupOfBucket[of[i]!]!;
    of[i] = group;
    if (group >= 0) {
      members[next[group]!++] = i;
    }
  }
  return {
    count: from.length - 1,
    of,
    from: Uint32Array.from(from),
    members,
    ...totals(input, from, members),
  };
}

/**
 * Numbers every (parent, service, name) that occurs; all spans get the number of theirs. Open addressing on whole
 * numbers: maps keyed by text took four times as long at 100,000 spans.
 */
function bucketsOfSiblings({ parent, service, name }: GroupInput): Int32Array {
  const spans = parent.length;
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, spans * 2)));
  const firstIn = new Int32Array(capacity).fill(-1);
  const buckets = new Int32Array(spans);
  let count = 0;
  for (let i = 0; i < spans; i++) {
    const hash =
      Math.imul(parent[i]!, 0x9e3779b1) ^
      Math.imul(name[i]!, 0x85ebca6b) ^
      Math.imul(service[i]!, 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 15)) & (capacity - 1);
    for (; firstIn[slot]! >= 0; slot = (slot + 1) & (capacity - 1)) {
      const first = firstIn[slot]!;
      if (parent[first] === parent[i] && name[first] === name[i] && service[first] === service[i]) {
        break;
      }
    }
    if (firstIn[slot]! < 0) {
      firstIn[slot] = i;
      buckets[i] = count++;
    } else {
      buckets[i] = buckets[firstIn[slot]!]!;
    }
  }
  return buckets;
}

function bucketSizes(buckets: Int32Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < buckets.length; i++) {
    count = Math.max(count, buckets[i]! + 1);
  }
  const sizes = new Uint32Array(count);
  for (let i = 0; i < buckets.length; i++) {
    sizes[buckets[i]!]! += 1;
  }
  return sizes;
}

function totals({ duration }: GroupInput, from: readonly number[], members: Uint32Array) {
  const count = from.length - 1;
  const sum = new Float64Array(count);
  const p95 = new Float64Array(count);
  for (let group = 0; group < count; group++) {
    const own = new Float64Array(from[group + 1]! - from[group]!);
    for (let i = 0; i < own.length; i++) {
      own[i] = duration[members[from[group]! + i]!]!;
      sum[group]! += own[i]!;
    }
    own.sort();
    p95[group] = own[Math.ceil(own.length * 0.95) - 1]!;
  }
  return { sum, p95 };
}
