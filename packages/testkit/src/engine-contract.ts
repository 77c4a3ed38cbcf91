/**
 * The engine contract: what every engine must do, whichever place it runs in. One suite, run against
 * the embedded engine, against the remote path, and against a server named by ENGINE_URL.
 *
 * Each engine starts with an empty database. Opt-outs are data with a reason; none runs everything.
 */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Engine,
  LoadRefused,
  type RunOptions,
  StatementAborted,
  StatementRefused,
  StatementTimedOut,
  segmentRowCounts,
  tables,
} from '@clew/store';
import { encodeTraces, type Given, type Span } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  everythingExpected,
  everythingRequest,
  everythingStatement,
} from './engine-contract-span.ts';
import { frameBytes, requestBytes, someSpans, writeSegment } from './segment-file.ts';

export interface EngineUnderTest {
  readonly name: string;
  /** Opens an engine on an empty database; `done` closes it and removes what it left. */
  open(): Promise<{ engine: Engine; done(): Promise<void> }>;
  readonly skip?: readonly { readonly reason: string; readonly cases: readonly string[] }[];
}

const run: RunOptions = { secondsMax: 20, rowsMax: 100_000 };
const derivedTables = ['trace_ix', 'span_metrics', 'operations', 'attribute_catalogue'] as const;

export function engineContract(subject: EngineUnderTest): void {
  describe(`engine contract: ${subject.name}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'clew-contract-'));
    let engine: Engine;
    let done: () => Promise<void> = async () => {};
    let segments = 0;

    beforeAll(async () => {
      ({ engine, done } = await subject.open());
    });
    afterAll(async () => {
      await done();
      rmSync(dir, { recursive: true, force: true });
    });

    /** Loads frames as a segment of their own. */
    const load = (...frames: Uint8Array[]) => loadAs(`token-${segments}`, ...frames);
    const loadAs = async (token: string, ...frames: Uint8Array[]) => {
      segments++;
      const path = writeSegment(dir, `s${segments}`, ...frames);
      return engine.load({ id: BigInt(segments), path, token });
    };
    const ask = async <T>(text: string, params: Record<string, unknown> = {}, limits = run) =>
      (await engine.rows<T>({ text, params }, limits)).rows;
    const rowsOf = async (id = segments) =>
      (await segmentRowCounts(engine, [BigInt(id)])).get(BigInt(id));

    const cases: Record<string, () => Promise<void>> = {
      'keeps every kind of value, event and link exactly': async () => {
        const loaded = await load(
          frameBytes(everythingRequest, {
            tenant: 'acme',
            arrivedMs: 1_763_640_000_456,
            listener: 'otlp_grpc',
          }),
        );
        expect(loaded.rows).toBe(1);
        const [row] = await ask(everythingStatement, { segment: segments });
        expect(row).toEqual(everythingExpected);
      },

      'keeps spans without resource, scope, kind or status, and maps numbers that OTLP does not know':
        async () => {
          const odd: Given<Span>[] = [
            { ...someSpans(900, 1, nowNs())[0], kind: 99, status: { code: 7, message: 'x' } },
            { ...someSpans(901, 1, nowNs())[0], kind: 0 },
          ];
          const bare = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: odd }] }] });
          expect((await load(frameBytes(bare))).rows).toBe(2);
          const rows = await ask<{ kind: string; status: string; service: string }>(
            'select kind, status, service from spans where segment = {s:UInt64} order by trace_id',
            { s: segments },
          );
          expect(rows).toEqual([
            { kind: 'unspecified', status: 'unset', service: '' },
            { kind: 'unspecified', status: 'unset', service: '' },
          ]);
        },

      'counts a span that ends before it starts as 0 ns': async () => {
        const [span] = someSpans(902, 1, nowNs());
        const backwards = { ...span, endTimeUnixNano: (span?.startTimeUnixNano ?? 0n) - 5n };
        await load(frameBytes(requestBytes('clock', [backwards])));
        const rows = await ask('select duration_ns from spans where segment = {s:UInt64}', {
          s: segments,
        });
        expect(rows).toEqual([{ duration_ns: '0' }]);
      },

      'loads an empty segment and an empty request as nothing': async () => {
        expect((await load()).rows).toBe(0);
        expect((await load(frameBytes(new Uint8Array(0)))).rows).toBe(0);
      },

      'loads a segment once per token, in every table that views derive': async () => {
        const frames = [
          frameBytes(requestBytes('once', someSpans(1, 40, nowNs()))),
          frameBytes(requestBytes('once', someSpans(2, 25, nowNs() - 3_600_000_000_000n))),
        ];
        const path = writeSegment(dir, 'once', ...frames);
        segments++;
        const segment = { id: BigInt(segments), path, token: 'once-token' };
        expect((await engine.load(segment)).rows).toBe(65);
        const before = await derivedSums(ask);
        expect((await engine.load(segment)).rows).toBe(65);
        expect((await engine.load(segment)).rows).toBe(65);
        expect(await derivedSums(ask)).toEqual(before);
        const [metrics] = await ask("select sum(n) as n from span_metrics where service = 'once'");
        expect(metrics).toEqual({ n: '65' });
      },

      'refuses a torn segment whole': async () => {
        const whole = frameBytes(requestBytes('torn', someSpans(3, 5, nowNs())));
        const path = writeSegment(dir, 'torn', whole, whole);
        for (const cut of [1, 5, 6, 40, whole.length - 2]) {
          segments++;
          truncateSync(writeSegment(dir, 'torn', whole, whole), 2 * whole.length - cut);
          const segment = { id: BigInt(segments), path, token: `torn-${cut}` };
          await expect(engine.load(segment)).rejects.toBeInstanceOf(LoadRefused);
          expect(await rowsOf()).toBe(0);
        }
      },

      'refuses a segment with a poisoned frame whole, and loads it when the frame is gone':
        async () => {
          const good = frameBytes(requestBytes('poison', someSpans(4, 3, nowNs())));
          for (const [name, poison] of Object.entries(poisons)) {
            await expect(load(good, frameBytes(poison), good), name).rejects.toBeInstanceOf(
              LoadRefused,
            );
            expect(await rowsOf(), name).toBe(0);
          }
          expect((await load(good)).rows).toBe(3);
        },

      'inserts small rows once per token, and equal rows twice without one': async () => {
        const row = {
          tenant: 'ledger',
          minute: new Date().toISOString().slice(0, 16).replace('T', ' ').concat(':00'),
          outcome: 'accepted',
          reason: '',
          listener: 'otlp_http',
          requests: 1,
          spans: 2,
          bytes: 3,
        };
        await engine.insert('ingest_ledger', [row], 'ledger-1');
        await engine.insert('ingest_ledger', [row], 'ledger-1');
        await engine.insert('ingest_ledger', [row]);
        await engine.insert('ingest_ledger', [row]);
        await engine.insert('ingest_ledger', []);
        const rows = await ask(
          "select sum(requests) as n from ingest_ledger where tenant = 'ledger'",
        );
        expect(rows).toEqual([{ n: '3' }]);
      },

      'takes any text as a parameter and gives it back': async () => {
        const odd = [
          "a'b",
          'back\\slash',
          'line\nfeed',
          'tab\t',
          'nul\0',
          '{p:String}',
          '\\N',
          "');--",
          'žluťoučký 🐎',
          '',
        ];
        for (const value of odd) {
          expect(await ask('select {p:String} as p', { p: value })).toEqual([{ p: value }]);
        }
        expect(await ask('select {p:Array(String)} as p', { p: odd })).toEqual([{ p: odd }]);
        const large = { n: 18_446_744_073_709_551_615n, a: [1n, 9_223_372_036_854_775_808n] };
        expect(await ask('select {n:UInt64} as n, {a:Array(UInt64)} as a', large)).toEqual([
          { n: '18446744073709551615', a: ['1', '9223372036854775808'] },
        ]);
      },

      'never lets a parameter or a setting reach another call': async () => {
        const calls = Array.from({ length: 200 }, (_, at) =>
          ask<{ p: string }>('select {p:String} as p', { p: `value ${at}` }).then(([row]) => {
            expect(row).toEqual({ p: `value ${at}` });
          }),
        );
        await Promise.all(calls);
        await expect(ask('select {p:String} as p')).rejects.toMatchObject({ code: 456 });
        const memory = () =>
          Promise.all(
            Array.from({ length: 12 }, () => ask("select getSetting('max_memory_usage')")),
          );
        const before = await memory();
        await ask('select 1', {}, { ...run, threadsMax: 1, memoryBytesMax: 50_000_000 });
        expect(await memory()).toEqual(before);
      },

      'keeps the partial output of a failed statement out of the next answer': async () => {
        for (let round = 0; round < 8; round++) {
          const failing =
            'select number, throwIf(number > 500) from numbers(1000) settings max_block_size = 10';
          await expect(ask(failing)).rejects.toBeInstanceOf(StatementRefused);
          expect(await ask('select 1 as one')).toEqual([{ one: 1 }]);
        }
      },

      'enforces limits on rows, memory and time': async () => {
        await expect(
          ask('select number from numbers(1000)', {}, { ...run, rowsMax: 999 }),
        ).rejects.toMatchObject({
          name: 'StatementRefused',
          overLimit: true,
        });
        const hungry = 'select length(groupArray(number)) from numbers(100000000)';
        await expect(ask(hungry, {}, { ...run, memoryBytesMax: 20_000_000 })).rejects.toMatchObject(
          { name: 'StatementRefused', overLimit: true },
        );
        const started = performance.now();
        const endless = ask(
          'select count() from numbers(1000000000000)',
          {},
          { ...run, secondsMax: 0.3 },
        );
        await expect(endless).rejects.toBeInstanceOf(StatementTimedOut);
        expect(performance.now() - started).toBeLessThan(3000);
      },

      'gives up for a caller who goes away, and answers the next': async () => {
        const away = new AbortController();
        const slow = { ...run, secondsMax: 1, signal: away.signal };
        const calls = Array.from({ length: 6 }, () =>
          ask('select count() from numbers(1000000000000)', {}, slow),
        );
        setTimeout(() => away.abort(), 50);
        for (const outcome of await Promise.allSettled(calls)) {
          expect(outcome).toMatchObject({
            status: 'rejected',
            reason: expect.any(StatementAborted),
          });
        }
        expect(await ask('select 1 as one')).toEqual([{ one: 1 }]);
      },

      'says what a statement read': async () => {
        const { readRows, elapsedMs } = await engine.rows(
          { text: 'select sum(number) from numbers(1000)', params: {} },
          run,
        );
        expect(readRows).toBe(1000);
        expect(elapsedMs).toBeGreaterThan(0);
        const answer = await engine.columns(
          { text: 'select number as n, toString(number) as s from numbers(3)', params: {} },
          run,
        );
        expect(answer).toMatchObject({
          columns: { n: ['0', '1', '2'], s: ['0', '1', '2'] },
          rowCount: 3,
          readRows: 3,
        });
        const none = await engine.columns({ text: 'select 1 as n where 0', params: {} }, run);
        expect(none).toMatchObject({ columns: { n: [] }, rowCount: 0 });
      },

      'has the tables and columns of the registry, and no others': async () => {
        const rows = await ask<{ table: string; name: string; type: string }>(
          'select table, name, type from system.columns where database = currentDatabase() and table not like {views:String}',
          { views: '%\\_mv' },
        );
        const found = Object.fromEntries(
          Object.keys(tables).map((table) => [table, {} as Record<string, string>]),
        );
        for (const row of rows) {
          const columns = found[row.table] ?? {};
          columns[row.name] = plainType(row.type);
          found[row.table] = columns;
        }
        const wanted = Object.entries(tables).map(([table, columns]) => [
          table,
          Object.fromEntries(
            Object.entries(columns).map(([name, type]) => [name, plainType(type)]),
          ),
        ]);
        expect(found).toEqual(Object.fromEntries(wanted));
      },
    };

    for (const [name, body] of Object.entries(cases)) {
      const skipped = subject.skip?.find((entry) => entry.cases.includes(name));
      test(
        skipped ? `${name} (left out: ${skipped.reason})` : name,
        skipped ? async () => {} : body,
      );
    }
  });
}

/** Bytes that are no valid request to the engine, each for another reason. */
const poisons: Record<string, Uint8Array> = {
  // resource_spans → resource → attributes → { key "k", value { s "a", i 1 } }
  'AnyValue with two members': Uint8Array.from([
    0x0a, 0x10, 0x0a, 0x0e, 0x0a, 0x0c, 0x0a, 0x01, 0x6b, 0x12, 0x07, 0x0a, 0x01, 0x61, 0x18, 0x01,
    0x10, 0x01,
  ]),
  // resource_spans as a varint
  'wrong wire type': Uint8Array.from([0x08, 0x01]),
  'length past the end': Uint8Array.from([0x0a, 0x7f, 0x0a]),
};

/** What views have added up so far. */
async function derivedSums(ask: <T>(text: string) => Promise<T[]>) {
  const sums = {
    trace_ix: 'count()',
    span_metrics: 'sum(n)',
    operations: 'sum(seen)',
    attribute_catalogue: 'sum(uses)',
  };
  const answers = derivedTables.map(async (table) => {
    const from = table === 'trace_ix' ? '(select distinct tenant, trace_id from trace_ix)' : table;
    return [table, await ask(`select ${sums[table]} as total from ${from}`)];
  });
  return Object.fromEntries(await Promise.all(answers));
}

/** Blanks after commas and brackets, and Enum notation, differ between what is written and shown. */
function plainType(type: string): string {
  return type.replaceAll(' ', '');
}

/** Now, a little in the past, so that no time-to-live and no minute border matters. */
function nowNs(): bigint {
  return BigInt(Date.now() - 60_000) * 1_000_000n;
}
