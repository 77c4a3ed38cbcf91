/**
 * What a segment holds, counted the way the ledger wants it: by tenant, minute and listener.
 *
 * Made while frames are appended, and again from the frames on disk at recovery; both must agree.
 */

/** One row of the ledger in the making. */
export interface TallyRow {
  readonly tenant: string;
  /** Start of the minute of arrival, in seconds since the epoch. */
  readonly minuteS: number;
  readonly listener: string;
  requests: number;
  spans: number;
  bytes: number;
}

export interface Tally {
  add(frame: {
    readonly tenant: string;
    readonly listener: string;
    readonly arrivedMs: number;
    readonly spans: number;
    readonly bytes: number;
  }): void;
  rows(): readonly TallyRow[];
}

export function createTally(): Tally {
  const rows: TallyRow[] = [];
  return {
    add({ tenant, listener, arrivedMs, spans, bytes }) {
      const minuteS = minuteOf(arrivedMs);
      // A segment spans seconds and a few listeners: a handful of rows, found fastest by looking.
      let row = rows.find(
        (each) => each.minuteS === minuteS && each.listener === listener && each.tenant === tenant,
      );
      if (row === undefined) {
        row = { tenant, minuteS, listener, requests: 0, spans: 0, bytes: 0 };
        rows.push(row);
      }
      row.requests += 1;
      row.spans += spans;
      row.bytes += bytes;
    },
    rows: () => rows,
  };
}

/** Start of the minute of a time in milliseconds, in seconds. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000) * 60;
}
