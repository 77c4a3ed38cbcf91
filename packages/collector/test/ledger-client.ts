/**
 * The ledger client: sends requests it can tell apart, notes which were acknowledged,
 * sends those again whose answer it never saw, and compares all of it with what is stored.
 */
import { createHash } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Engine } from '@clew/store';
import { encodeTraces } from '@clew/wire';

/** Outcome of a request so far. */
type State = 'unsent' | 'ambiguous' | 'refused' | 'acked';

interface Sent {
  readonly traceId: string;
  readonly spans: number;
  readonly body: Uint8Array;
  readonly isGzip: boolean;
  state: State;
}

export interface LedgerClient {
  /** Sends until `stop` is called or the server is gone; several requests at once. */
  run(url: string, workers: number): { stop(): Promise<void> };
  acked(): number;
  /** Every way in which the store differs from the ledger; all zero is clean. */
  audit(engine: Engine): Promise<Audit>;
}

export interface Audit {
  readonly ackedRequests: number;
  readonly ackedSpans: number;
  readonly storedSpans: number;
  /** Acknowledged and not stored. */
  readonly lost: number;
  /** Stored more than once. */
  readonly doubled: number;
  /** Stored in part: neither acknowledged nor absent. */
  readonly halves: number;
  /** Stored and never sent. */
  readonly ghosts: number;
  /** Difference between stored spans and what derived tables counted. */
  readonly derivedOff: number;
}

/** The same seed gives the same requests. */
export function createLedgerClient(seed: string): LedgerClient {
  const ledger: Sent[] = [];
  let next = 0;
  const again: Sent[] = [];

  const take = (): Sent => again.shift() ?? create(seed, next++, ledger);

  return {
    run(url, workers) {
      const agent = new Agent({ keepAlive: true, maxSockets: workers });
      let isStopped = false;
      const work = async () => {
        while (!isStopped) {
          const sent = take();
          sent.state = await send(url, agent, sent);
          if (sent.state === 'acked') continue;
          again.push(sent);
          if (sent.state === 'ambiguous') return;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const all = Promise.all(Array.from({ length: workers }, work));
      return {
        async stop() {
          isStopped = true;
          await all;
          agent.destroy();
        },
      };
    },
    acked: () => ledger.filter(({ state }) => state === 'acked').length,
    audit: (engine) => audit(engine, ledger),
  };
}

function create(seed: string, seq: number, ledger: Sent[]): Sent {
  const digest = createHash('sha256').update(`${seed}.${seq}`).digest();
  const traceId = digest.subarray(0, 16);
  const spans = 1 + ((digest[16] as number) % 60);
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const plain = encodeTraces({
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', `client-${seq % 3}`)] },
        scopeSpans: [
          {
            spans: Array.from({ length: spans }, (_, n) => ({
              traceId,
              spanId: createHash('sha256').update(`${seed}.${seq}.${n}`).digest().subarray(0, 8),
              name: `work ${n % 4}`,
              kind: 1,
              startTimeUnixNano: startNs,
              endTimeUnixNano: startNs + 1_000_000n,
              attributes: [text('seq', `${seq}.${n}`), text('filler', 'x'.repeat(200))],
              // Every tenth request needs mending: a kind that OTLP does not know.
              ...(seq % 10 === 0 ? { kind: 17 } : {}),
            })),
          },
        ],
      },
    ],
  });
  const isGzip = seq % 4 === 0;
  const body = isGzip ? gzipSync(plain) : plain;
  const sent: Sent = {
    traceId: traceId.toString('hex'),
    spans,
    body,
    isGzip,
    state: 'unsent',
  };
  ledger.push(sent);
  return sent;
}

function text(key: string, value: string) {
  return { key, value: { type: 'string', value } } as const;
}

function send(url: string, agent: Agent, { body, isGzip }: Sent): Promise<State> {
  return new Promise((resolve) => {
    const request = httpRequest(
      `${url}/v1/traces`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-protobuf',
          'content-length': body.length,
          ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode === 200 ? 'acked' : 'refused'));
        response.once('error', () => resolve('ambiguous'));
        response.once('aborted', () => resolve('ambiguous'));
      },
    );
    request.once('error', () => resolve('ambiguous'));
    request.end(body);
  });
}

async function audit(engine: Engine, ledger: readonly Sent[]): Promise<Audit> {
  const run = { secondsMax: 60, rowsMax: 10_000_000 };
  const { rows } = await engine.rows<{ id: string; n: string; distinct: string }>(
    {
      text: `select lower(hex(trace_id)) as id, count() as n, uniqExact(span_id) as distinct
        from spans group by trace_id`,
      params: {},
    },
    run,
  );
  const stored = new Map(rows.map(({ id, n, distinct }) => [id, { n: +n, distinct: +distinct }]));
  const sums = await engine.rows<{ metrics: string; ledger: string }>(
    {
      text: `select (select sum(n) from span_metrics) as metrics,
        (select sum(spans) from ingest_ledger where outcome = 'accepted') as ledger`,
      params: {},
    },
    run,
  );
  const known = new Map(ledger.map((sent) => [sent.traceId, sent]));
  let [lost, doubled, halves, ghosts, storedSpans] = [0, 0, 0, 0, 0];
  for (const [id, { n, distinct }] of stored) {
    storedSpans += n;
    const sent = known.get(id);
    if (sent === undefined) ghosts += 1;
    if (n !== distinct) doubled += 1;
    if (sent !== undefined && distinct !== sent.spans) halves += 1;
  }
  const acked = ledger.filter(({ state }) => state === 'acked');
  for (const { traceId } of acked) if (!stored.has(traceId)) lost += 1;
  const off = (count: string | undefined) => Math.abs(Number(count) - storedSpans);
  return {
    ackedRequests: acked.length,
    ackedSpans: acked.reduce((sum, { spans }) => sum + spans, 0),
    storedSpans,
    lost,
    doubled,
    halves,
    ghosts,
    derivedOff: off(sums.rows[0]?.metrics) + off(sums.rows[0]?.ledger),
  };
}
