/**
 * The demo shop on the SDK: every visit is a trace of its own, with the names and attributes that its page promises.
 */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { named } from './examples-rig.ts';
import { type ReadSpan, readSpans } from './read-back.ts';
import { clew, collect, ended, eventually, run } from './rig.ts';
import { servesTests } from './served.ts';

let demo: { code: number | null; out: string; err: string };
const server = servesTests(async ({ ready }) => {
  const { url } = ready.listeners.ui;
  demo = await run(['demo', '--rate', '20', '--for', '3s', '--server', url]);
  await loaded(url);
});
const ui = () => server.running.ready.listeners.ui.url;

interface Found {
  readonly traceId: string;
  readonly spans: number;
}

async function find(...filters: string[]): Promise<Found[]> {
  const rest = ['--limit', '200', '--json', '--server', ui()];
  return eventually(
    async () => {
      const { out } = await run(['search', ...filters, ...rest]);
      return (JSON.parse(out) as { traces: Found[] }).traces;
    },
    (traces) => traces.length > 0,
  );
}

/** Every span that the services sent before they ended can be asked for. */
async function loaded(url: string): Promise<void> {
  const status = await fetch(`${url}/api/v1/status`);
  const { acceptedSpans } = (await status.json()) as { acceptedSpans: number };
  await eventually(
    async () => (await find()).reduce((sum, { spans }) => sum + spans, 0),
    (count) => count === acceptedSpans,
  );
}

const read = ({ traceId, spans }: Found) => readSpans(ui(), traceId, spans);

const serviceOf = ({ resource }: ReadSpan) => resource['service.name'];

describe('the demo shop', () => {
  it('ends well and drops nothing', () => {
    expect(demo).toMatchObject({ code: 0, err: '' });
  });

  it('has one trace per visit, although visitors keep their connections', async () => {
    const visits = Number(/(\d+) visits/.exec(demo.out)?.[1]);
    const traces = await find('--service', 'storefront');
    expect(traces).toHaveLength(visits);
    for (const trace of traces.slice(0, 10)) {
      const roots = (await read(trace)).filter(({ parentSpanId }) => parentSpanId === '');
      expect(roots.map(({ kind }) => kind)).toEqual([2]);
    }
  });

  it('names calls by their template and servers by their route', async () => {
    const [checkout] = await find('--operation', 'POST /checkout');
    const spans = await read(checkout as Found);
    for (const { name, kind, attributes } of spans) {
      const path = kind === 3 ? attributes['url.template'] : attributes['http.route'];
      const method = attributes['http.request.method'];
      if (method !== undefined) expect(name).toBe(`${method} ${path}`);
      if (kind === 2) expect(attributes['user.id']).toBeTypeOf('string');
    }
    expect(named(spans, 'HGETALL cart').attributes['db.system.name']).toBe('redis');
    expect(new Set(spans.map(serviceOf))).toEqual(
      new Set(['storefront', 'cart', 'inventory', 'payments']),
    );
    expect(spans[0]?.resource).toMatchObject({
      'service.namespace': 'shop',
      'service.version': '1.4.2',
      'telemetry.sdk.name': 'clew',
    });
  });

  it('sends its letters in traces that link to the checkout', async () => {
    const [letter] = await find('--service', 'mailer');
    const spans = await read(letter as Found);
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'process order.confirmed',
      'render confirmation',
      'send mail',
    ]);
    const [link] = named(spans, 'process order.confirmed').links;
    const checkouts = await find('--operation', 'POST /checkout');
    expect(checkouts.map(({ traceId }) => traceId)).toContain(link?.traceId);
  });

  // As the terminal and most supervisors do it: the services hear it from there and from their parent.
  it('ends once, and quietly, when the whole group of processes is told to', async () => {
    const { PATH, HOME, TMPDIR } = process.env;
    const child = spawn(process.execPath, [clew, 'demo', '--rate', '5', '--server', ui()], {
      detached: true,
      env: { PATH, HOME, TMPDIR },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = collect(child);
    const over = ended(child);
    await eventually(
      async () => texts.out(),
      (out) => out.includes('Ctrl-C closes it'),
    );
    process.kill(-(child.pid as number), 'SIGTERM');
    expect({ code: await over, err: texts.err() }).toEqual({ code: 0, err: '' });
  });
});
