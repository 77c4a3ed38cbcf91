/**
 * The ledger's side of the collector: what was accepted, refused, cut and quarantined, by minute.
 *
 * What a segment accepted is written with the segment's own token after its load, so that it is
 * exact across crashes. Everything else is counted in memory and written every few seconds.
 */
import { type Engine, EngineUnavailable } from '@clew/store';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import type { SealedSegment } from './segment.ts';
import { minuteOf } from './tally.ts';

const TABLE = 'ingest_ledger';

export interface LedgerNote {
  readonly outcome: 'refused' | 'truncated' | 'dropped' | 'quarantined';
  readonly reason: string;
  readonly listener: string;
  readonly requests: number;
  readonly spans: number;
  readonly bytes: number;
}

export interface Ledger {
  /** Counts one thing in memory. */
  note(note: LedgerNote): void;
  /** Writes what a segment accepted, once, however often it is called. */
  accepted(segment: SealedSegment): Promise<void>;
  /** Writes one note at once and once, under a token of its own. */
  noteOnce(note: LedgerNote, token: string): Promise<void>;
  /** Writes what was noted; on failure it is kept for the next time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerParts {
  readonly engine: Pick<Engine, 'insert'>;
  readonly tenant: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

interface Row extends LedgerNote {
  readonly minuteS: number;
}

export function createLedger({ engine, tenant, nowMs, log }: LedgerParts): Ledger {
  const noted = new Map<string, Row>();
  let flushing: Promise<void> = Promise.resolve();

  function note(one: LedgerNote, minuteS = minuteOf(nowMs())): void {
    const key = `${minuteS} ${one.outcome} ${one.reason} ${one.listener}`;
    const row = noted.get(key);
    noted.set(key, {
      ...one,
      minuteS,
      requests: one.requests + (row?.requests ?? 0),
      spans: one.spans + (row?.spans ?? 0),
      bytes: one.bytes + (row?.bytes ?? 0),
    });
  }

  async function flushNow(): Promise<void> {
    if (noted.size === 0) return;
    const rows = [...noted.values()];
    noted.clear();
    try {
      await engine.insert(
        TABLE,
        rows.map((row) => ledgerRow(tenant, row)),
      );
    } catch (error) {
      for (const row of rows) note(row, row.minuteS);
      if (!(error instanceof EngineUnavailable)) {
        log('warn', 'ledger could not be written, will try again', { error: String(error) });
      }
    }
  }

  function flush(): Promise<void> {
    flushing = flushing.then(flushNow);
    return flushing;
  }

  const timer = setInterval(() => void flush(), limits.ledgerFlushMs).unref();
  return {
    note,
    flush,
    async accepted({ id, tally }) {
      const rows = tally
        .rows()
        .map((row) =>
          ledgerRow(row.tenant, { ...row, outcome: 'accepted', reason: '', minuteS: row.minuteS }),
        );
      await engine.insert(TABLE, rows, `${id}`);
    },
    async noteOnce(one, token) {
      const row = ledgerRow(tenant, { ...one, minuteS: minuteOf(nowMs()) });
      await engine.insert(TABLE, [row], token);
    },
    close() {
      clearInterval(timer);
      return flush();
    },
  };
}

interface LedgerFacts {
  readonly minuteS: number;
  readonly outcome: string;
  readonly reason: string;
  readonly listener: string;
  readonly requests: number;
  readonly spans: number;
  readonly bytes: number;
}

function ledgerRow(tenant: string, facts: LedgerFacts): object {
  const { minuteS, outcome, reason, listener, requests, spans, bytes } = facts;
  return { tenant, minute: minuteS, outcome, reason, listener, requests, spans, bytes };
}
