/**
 * What became of the spans for one destination: counted for metrics, noted in the ledger, told in the
 * log where a person can do something about it.
 *
 * held spans = sent + dropped + waiting.
 */
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';
import { count } from '../metrics.ts';
import type { Dropped } from './delivery.ts';
import type { Destination } from './destinations.ts';

export interface ForwardTally {
  readonly events: {
    readonly onSent: (spans: number, requests: number) => void;
    readonly onDropped: (dropped: Dropped, why: string) => void;
    readonly onFailed: (reason: string, failures: number) => void;
    readonly onRecovered: (failures: number) => void;
  };
  counts(): {
    readonly sentSpans: number;
    readonly sentRequests: number;
    readonly failures: number;
    readonly failure: string;
    readonly droppedSpans: ReadonlyMap<string, number>;
  };
}

/** A destination that refuses everything would otherwise fill the log. */
const TOLD_EVERY_MS = 10_000;

export function createForwardTally(
  { name }: Destination,
  { ledger, log }: { readonly ledger: Pick<Ledger, 'note'>; readonly log: Log },
): ForwardTally {
  const droppedSpans = new Map<string, number>();
  let [sentSpans, sentRequests, failures, failure] = [0, 0, 0, ''];
  const toldMs = new Map<string, number>();
  const isDue = (what: string) => {
    const now = performance.now();
    if (now - (toldMs.get(what) ?? Number.NEGATIVE_INFINITY) < TOLD_EVERY_MS) return false;
    toldMs.set(what, now);
    return true;
  };
  return {
    events: {
      onSent(spans, requests) {
        sentSpans += spans;
        sentRequests += requests;
      },
      onDropped({ reason, requests, spans, bytes }, why) {
        count(droppedSpans, reason, spans);
        const listener = `forward:${name}`;
        ledger.note({ outcome: 'dropped', reason, listener, requests, spans, bytes });
        if (isDue(reason)) {
          const facts = { destination: name, reason, spans, bytes, why };
          log('warn', 'spans did not go on to a destination', facts);
        }
      },
      onFailed(reason, inARow) {
        failures += 1;
        failure = reason;
        if (inARow === 1) {
          const facts = { destination: name, reason };
          log('warn', 'a destination does not take spans, will try again', facts);
        }
      },
      onRecovered(inARow) {
        failure = '';
        log('info', 'a destination takes spans again', { destination: name, failures: inARow });
      },
    },
    counts: () => ({ sentSpans, sentRequests, failures, failure, droppedSpans }),
  };
}
