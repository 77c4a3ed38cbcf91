/**
 * Traces out of a server into files and back in: every form that `clew export` writes, and a capture replayed as load.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attributesOf, encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable } from './otlp-json.ts';
import { readTrace } from './read-back.ts';
import { eventually, type Running, run, serve, withFolder } from './rig.ts';

let server: Running;
let folder: string;
let release: () => void;
let over: Promise<void>;

const TRACE = '0af7651916cd43dd8448eb211c80319c';

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    over = withFolder(async (made) => {
      folder = made;
      server = await serve(join(made, 'data'));
      await writeFile(join(folder, 'captured.pb'), captured());
      started();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await server.stop();
    });
    over.catch(failed);
  });
});

afterAll(async () => {
  release?.();
  await over;
});

function captured(): Uint8Array {
  const start = BigInt(Date.now() - 3_600_000) * 1_000_000n;
  const traceId = Buffer.from(TRACE, 'hex');
  return encodeTraces({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': 'cart' }) },
        schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
        scopeSpans: [
          {
            scope: { name: 'shop', version: '2' },
            spans: [
              {
                traceId,
                spanId: new Uint8Array(8).fill(1),
                name: 'GET /cart',
                kind: 2,
                startTimeUnixNano: start,
                endTimeUnixNano: start + 5_000_001n,
                attributes: attributesOf({
                  n: 3,
                  ratio: 0.5,
                  list: ['a', 2n],
                  bytes: Uint8Array.of(1, 2),
                }),
                events: [{ name: 'miss', timeUnixNano: start + 1n }],
              },
              {
                traceId,
                spanId: new Uint8Array(8).fill(2),
                parentSpanId: new Uint8Array(8).fill(1),
                name: 'SELECT',
                kind: 3,
                startTimeUnixNano: start + 1n,
                endTimeUnixNano: start + 2_000_000n,
                status: { code: 2, message: 'gone' },
              },
            ],
          },
        ],
      },
    ],
  });
}

const ui = () => server.ready.listeners.ui.url;
const clew = (...args: string[]) => run(args, { cwd: folder });
const send = (...args: string[]) =>
  clew('send', ...args, '--to', server.ready.listeners.otlp_http.url);
const exported = (...args: string[]) => clew('export', ...args, '--server', ui());
const stored = async (id: string) =>
  comparable(await (await fetch(`${ui()}/api/v1/traces/${id}`)).json());

describe('clew export', () => {
  it('writes OTLP exactly, as JSON and as protobuf', async () => {
    expect((await send('captured.pb')).code).toBe(0);
    const before = await stored(TRACE);
    expect(before).toHaveLength(2);

    const json = await exported(TRACE);
    expect(comparable(JSON.parse(json.out))).toEqual(before);

    const file = await exported(TRACE, '--format', 'otlp-protobuf', '--out', 'again.pb');
    expect(file).toMatchObject({ code: 0, out: '' });
    const again = await send('again.pb', '--json');
    // The same bytes: the server recognises the request and does not store it twice.
    expect(JSON.parse(again.out)).toMatchObject({ acceptedSpans: 2 });
    const other = Buffer.from(await readFile(join(folder, 'again.pb')));
    const renamed = Buffer.from(
      other.toString('hex').replaceAll(TRACE, TRACE.replace('0a', '0b')),
      'hex',
    );
    await writeFile(join(folder, 'renamed.pb'), renamed);
    await send('renamed.pb');
    const copy = JSON.stringify(await stored(TRACE.replace('0a', '0b')));
    expect(copy.replaceAll(TRACE.replace('0a', '0b'), TRACE)).toBe(JSON.stringify(before));
  });

  it.each(['zipkin', 'jaeger'])('writes %s JSON that can be sent again', async (form) => {
    const id = TRACE.replace('0a', form === 'zipkin' ? '0c' : '0d');
    const { out, code } = await exported(TRACE, '--format', form);
    expect(code).toBe(0);
    await writeFile(join(folder, `${form}.json`), out.replaceAll(TRACE, id));
    const sent = await send(`${form}.json`, '--json');
    expect(JSON.parse(sent.out)).toMatchObject({ acceptedSpans: 2, rejectedSpans: 0 });
    const spans = await readTrace(ui(), id, 2);
    expect(spans['SELECT']).toMatchObject({
      kind: 3,
      parentSpanId: '0101010101010101',
      status: { code: 2, message: 'gone' },
      resource: { 'service.name': 'cart' },
    });
    expect(spans['GET /cart']?.events[0]?.name).toBe('miss');
  });

  it('writes what a question finds', async () => {
    const found = await eventually(
      () => exported('--query', '{ name = "GET /cart" }', '--since', '2h'),
      ({ out }) => out.includes(TRACE),
    );
    expect(found.out.trim().split('\n').length).toBeGreaterThanOrEqual(1);
  });

  it('says what is missing', async () => {
    expect(await exported()).toMatchObject({ code: 2 });
    const unknown = await exported('ffffffffffffffffffffffffffffffff');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toMatch(/ffff/);
  });
});

describe('clew send as load', () => {
  it('sends a capture again and again with fresh ids, as of now, and sums up', async () => {
    const args = ['--rate', '200', '--loop', '--shift-time', '--for', '1500ms', '--json'];
    const sent = await send('captured.pb', ...args);
    expect(sent.code).toBe(0);
    const summary = JSON.parse(sent.out);
    expect(summary.requests).toBeGreaterThan(3);
    expect(summary.acceptedSpans).toBe(summary.spans);
    const count = async () => {
      const query = new URLSearchParams({
        q: '{ name = "GET /cart" }',
        from: 'now-5m',
        limit: '1000',
      });
      const answer = await fetch(`${ui()}/api/v1/search?${query}`);
      return ((await answer.json()) as { traces: unknown[] }).traces.length;
    };
    // Every round is a trace of its own, within the last minutes.
    expect(await eventually(count, (traces) => traces === summary.spans / 2)).toBeGreaterThan(1);
  });
});
