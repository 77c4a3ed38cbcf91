/**
 * The commands that talk to a running server: send, trace, search, doctor, demo.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable } from './otlp-json.ts';
import { eventually, type Running, run, serve, withFolder } from './rig.ts';

let server: Running;
let folder: string;
let release: () => void;
let over: Promise<void>;

beforeAll(async () => {
  await new Promise<void>((started, failed) => {
    over = withFolder(async (made) => {
      folder = made;
      server = await serve(join(made, 'data'));
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

const ask = (...args: string[]) => run([...args, '--server', server.ready.listeners.ui.url]);
const send = (...args: string[]) =>
  run(['send', ...args, '--to', server.ready.listeners.otlp_http.url], { cwd: folder });

const id = (n: number, bytes: number) => {
  const value = new Uint8Array(bytes);
  new DataView(value.buffer).setUint32(bytes - 4, n);
  return value;
};

/** A checkout of three spans: frontend → payment → db, which fails. */
function checkout(n: number, spans = 3) {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const ms = (value: number) => start + BigInt(value) * 1_000_000n;
  const resource = (name: string) => ({
    attributes: [{ key: 'service.name', value: { type: 'string', value: name } as const }],
  });
  const more = Array.from({ length: spans - 3 }, (_, at) => ({
    traceId: id(n, 16),
    spanId: id(n * 100_000 + 10 + at, 8),
    parentSpanId: id(n * 100_000 + 1, 8),
    name: 'price item',
    startTimeUnixNano: ms(1),
    endTimeUnixNano: ms(2),
  }));
  return {
    resourceSpans: [
      {
        resource: resource('frontend'),
        scopeSpans: [
          {
            spans: [
              {
                traceId: id(n, 16),
                spanId: id(n * 100_000 + 1, 8),
                name: 'POST /checkout',
                kind: 2,
                startTimeUnixNano: ms(0),
                endTimeUnixNano: ms(2_100),
              },
              ...more,
            ],
          },
        ],
      },
      {
        resource: resource('payment'),
        scopeSpans: [
          {
            spans: [
              {
                traceId: id(n, 16),
                spanId: id(n * 100_000 + 2, 8),
                parentSpanId: id(n * 100_000 + 1, 8),
                name: 'POST /charges',
                kind: 2,
                startTimeUnixNano: ms(40),
                endTimeUnixNano: ms(2_000),
              },
              {
                traceId: id(n, 16),
                spanId: id(n * 100_000 + 3, 8),
                parentSpanId: id(n * 100_000 + 2, 8),
                name: 'SELECT card_tokens',
                kind: 3,
                startTimeUnixNano: ms(50),
                endTimeUnixNano: ms(1_900),
                status: { code: 2, message: 'connection reset' },
                attributes: [
                  {
                    key: 'db.system.name',
                    value: { type: 'string', value: 'postgresql' } as const,
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

const hex = (n: number) => n.toString(16).padStart(32, '0');

describe('send, trace, search', () => {
  it('sends gzip, and prints the trace as a waterfall and as OTLP/JSON', async () => {
    await writeFile(join(folder, 'one.pb.gz'), gzipSync(encodeTraces(checkout(1))));
    const sent = await send('one.pb.gz');
    expect(sent).toMatchObject({ code: 0, err: '' });
    expect(sent.out).toMatch(/^✓ 3 spans taken \(1 request, /);

    const picture = await ask('trace', hex(1));
    expect(picture.code).toBe(0);
    expect(picture.out.split('\n')[0]).toBe('frontend · POST /checkout');
    expect(picture.out).toContain('2.10 s · 3 spans · 2 services · 1 error ✕');
    expect(picture.out).toMatch(/└─ payment POST \/charges .*█.* 1\.96 s/);
    expect(picture.out).toMatch(/└─ payment SELECT card_tokens +✕ .*█.* 1\.85 s/);
    expect(picture.out).toContain('✕ connection reset');
    expect(picture.out).not.toContain('\u001b');

    const json = await ask('trace', `${hex(1).toUpperCase()}`, '--json');
    expect(comparable(JSON.parse(json.out))).toHaveLength(3);
  });

  it('splits a large file, reads standard input, and counts for programs', async () => {
    const big = Buffer.from(encodeTraces(checkout(2, 5_000)));
    const url = server.ready.listeners.otlp_http.url;
    const sent = await run(['send', '-', '--to', url, '--request-bytes', '64KiB', '--json'], {
      input: big,
    });
    expect(sent.code).toBe(0);
    const summary = JSON.parse(sent.out);
    expect(summary).toMatchObject({ spans: 5_000, acceptedSpans: 5_000, rejectedSpans: 0 });
    expect(summary.requests).toBeGreaterThan(3);
    const json = await ask('trace', hex(2), '--json');
    expect(comparable(JSON.parse(json.out))).toHaveLength(5_000);
    const picture = await ask('trace', hex(2), '--rows', '10');
    expect(picture.out).toContain('… 4,990 more spans');
  });

  it('sends JSON lines', async () => {
    const line = (await ask('trace', hex(1), '--json')).out.replaceAll(hex(1), hex(3));
    await writeFile(join(folder, 'lines.jsonl'), line + line.replaceAll(hex(3), hex(4)));
    const sent = await send('lines.jsonl', '--json');
    expect(JSON.parse(sent.out)).toMatchObject({
      acceptedSpans: 6,
      files: [{ format: 'JSON lines' }],
    });
    expect((await ask('trace', hex(4))).out).toContain('frontend · POST /checkout');
  });

  it('reports rejected spans and broken files, sends the rest, and says so by its exit code', async () => {
    const traces = checkout(5);
    const [first] = traces.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    Object.assign(first ?? {}, { spanId: new Uint8Array(3) });
    await writeFile(join(folder, 'bad-id.pb'), encodeTraces(traces));
    await writeFile(join(folder, 'cut.pb'), encodeTraces(checkout(6)).subarray(0, 200));
    await writeFile(join(folder, 'good.pb'), encodeTraces(checkout(7)));
    const sent = await send('bad-id.pb', 'cut.pb', 'good.pb', 'missing.pb');
    expect(sent.code).toBe(1);
    expect(sent.out).toMatch(/^! 5 spans taken · 1 rejected · 2 files failed/);
    expect(sent.err).toMatch(/! bad-id\.pb: /);
    expect(sent.err).toMatch(/✕ cut\.pb is truncated: it ends at byte 200/);
    expect(sent.err).toContain('✕ cannot read missing.pb: there is no such file');
  });

  it('finds traces and spans by the same filters as the API', async () => {
    const filters = [
      '--service',
      'payment',
      '--status',
      'error',
      '--attr',
      'db.system.name=postgresql',
    ];
    const found = await eventually(
      () => ask('search', ...filters, '--limit', '50', '--json'),
      ({ out }) =>
        JSON.parse(out).traces.some((one: { traceId: string }) => one.traceId === hex(7)),
    );
    expect(found.code).toBe(0);
    const table = await ask('search', ...filters);
    expect(table.out).toMatch(/^ *age +duration +spans +errors +service +root +trace\n/);
    expect(table.out).toContain(`POST /checkout  ${hex(1)}`);
    const first = JSON.parse((await ask('search', '--limit', '2', '--json')).out);
    const rest = await ask('search', '--limit', '50', '--cursor', first.cursor, '--json');
    const ids = (page: { traces: { traceId: string }[] }) => page.traces.map((one) => one.traceId);
    expect(new Set([...ids(first), ...ids(JSON.parse(rest.out))]).size).toBe(6);
    const spans = await ask(
      'search',
      '--by',
      'span',
      '--min-duration',
      '1s',
      '--operation',
      'SELECT card_tokens',
    );
    expect(spans.out).toMatch(/1\.85 s +✕ error +payment +SELECT card_tokens/);
    const none = await ask('search', '--service', 'nobody');
    expect(none).toMatchObject({ code: 0, out: expect.stringContaining('no trace matches') });
  });

  it('asks in TraceQL, and explains', async () => {
    const text = '{ name = "POST /checkout" } >> { status = error }';
    const found = JSON.parse((await ask('query', text, '--limit', '50', '--json')).out);
    expect(found.traceql).toBe(text);
    expect(found.traces.map((one: { traceId: string }) => one.traceId)).toContain(hex(1));
    const table = await ask('query', '{ duration > 1s && status = error }', '--by', 'span');
    expect(table.out).toMatch(/1\.85 s +✕ error +payment +SELECT card_tokens/);
    const explained = await ask('query', text, '--explain');
    expect(explained).toMatchObject({ code: 0, err: '' });
    expect(explained.out).toMatch(/^TraceQL\n.+\n\nPlan\n/);
    expect(explained.out).toMatch(/\nSQL for the traces found, \d+ parameters\n/);
    const wrong = await ask('query', '{ status = eror }');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/^✕ line 1, column \d+: .+\n {2}\{ status = eror \}\n +\^+\n {2}/);
  });

  it('passes on what the server says is wrong', async () => {
    const missing = await ask('trace', 'f'.repeat(32));
    expect(missing.code).toBe(1);
    expect(missing.err).toContain(`✕ no span of trace ${'f'.repeat(32)}`);
    const bad = await ask('search', '--since', 'yesterday-ish');
    expect(bad.code).toBe(1);
    expect(bad.err).toMatch(/^✕ /);
    const nobody = await run(['search', '--server', 'http://127.0.0.1:9']);
    expect(nobody.code).toBe(1);
    expect(nobody.err).toContain('clew serve');
  });
});

describe('doctor', () => {
  it('finds all well where a server runs', async () => {
    const { url } = server.ready.listeners.ui;
    const listen = Object.entries(server.ready.listeners).flatMap(([name, { port }]) => [
      `--listen.${name}`,
      `127.0.0.1:${port}`,
    ]);
    const { code, out } = await ask(
      'doctor',
      '--data-dir',
      join(folder, 'data'),
      '--json',
      ...listen,
    );
    const { isWell, findings } = JSON.parse(out);
    expect({ code, isWell }).toEqual({ code: 0, isWell: true });
    const found = (check: string) => findings.find((one: { check: string }) => one.check === check);
    expect(found('server').found).toContain(url);
    expect(found('engine').found).toContain('ready');
    expect(found('disk sync').found).toMatch(/median \d/);
    expect(found('port otlp_grpc').verdict).toBe('good');
  });

  it('opens the engine where none runs, leaves nothing behind, and says what to do', async () => {
    await withFolder(async (empty) => {
      const ports = ['ui', 'otlp_http', 'otlp_grpc'].flatMap((name) => [`--listen.${name}`, ':0']);
      const { code, out } = await run([
        'doctor',
        ...ports,
        '--data-dir',
        join(empty, 'data'),
        '--server',
        'http://127.0.0.1:9',
      ]);
      expect(code).toBe(0);
      expect(out).toMatch(/✓ engine +embedded [\d.]+ opens in \d+ ms/);
      expect(out).toMatch(/! server +none answers/);
      expect(out).toContain('→ start one with `clew serve`');
      const broken = await run(['doctor', '--spool.sync', 'sometimes']);
      expect(broken.code).toBe(1);
      expect(broken.out).toMatch(/✕ settings +bad value for spool.sync/);
    });
  });
});

describe('demo', () => {
  it('runs the shop against a server for a bounded time and leaves no process behind', async () => {
    const { code, out } = await ask('demo', '--rate', '20', '--for', '4s');
    expect(code).toBe(0);
    expect(out).toContain('The shop is open');
    expect(out).toMatch(/\d+ visits, \d+ orders?, \d+ failed/);
    const found = await eventually(
      () => ask('search', '--service', 'mailer', '--since', '2m', '--json'),
      (answer) => JSON.parse(answer.out).traces.length > 0,
    );
    const [{ traceId }] = JSON.parse(found.out).traces;
    expect((await ask('trace', traceId)).out).toContain('↗ linked to trace');
    // The services send apart from each other, so a trace is there before it is whole.
    const services = ({ out }: { out: string }): string[] =>
      JSON.parse(out).traces[0].services.map((one: { name: string }) => one.name);
    const checkouts = await eventually(
      () => ask('search', '--operation', 'POST /checkout', '--since', '2m', '--json'),
      (answer) => services(answer).length === 4,
    );
    expect(services(checkouts).sort()).toEqual(['cart', 'inventory', 'payments', 'storefront']);
  });
});
