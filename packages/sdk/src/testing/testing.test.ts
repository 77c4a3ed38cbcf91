import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { afterAll, describe, expect, it } from 'vitest';
import { withSpan } from '../hands-on/with-span.ts';
import { collectSpans, spanMatchers } from '../testing.ts';

afterAll(() => {
  trace.disable();
  context.disable();
});

const query = (id: number) =>
  withSpan(
    'SELECT stock',
    {
      kind: SpanKind.CLIENT,
      attributes: { 'db.query.text': `select n from stock where id = ${id}` },
    },
    () => id,
  );

const order = (items: number, fails = false) =>
  withSpan('POST /orders', { attributes: { items } }, async () => {
    for (let id = 0; id < items; id += 1) {
      await Promise.resolve();
      query(id);
    }
    withSpan('charge card', () => {
      if (fails) throw new Error('card declined');
    });
  });

const failure = (claim: () => unknown): string => {
  try {
    claim();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no failure';
};

describe('collectSpans', () => {
  it('answers the spans of a block as a tree', async () => {
    const spans = await collectSpans(() => order(2));
    spans
      .hasShape(`
        POST /orders
          SELECT stock  x2
          charge card
      `)
      .hasNoErrors()
      .hasNoRepeats()
      .has('SELECT stock', 2)
      .hasNot(/refund/)
      .hasAttributes('POST /orders', { items: 2 })
      .isWithin('POST /orders', 10_000);
    expect(spans.one('charge card').parent?.name).toBe('POST /orders');
    expect(spans.all({ kind: 'client', attributes: { 'db.query.text': /id = 1/ } })).toHaveLength(
      1,
    );
  });

  it('keeps blocks that run at once apart', async () => {
    const [one, two] = await Promise.all([
      collectSpans(() => order(1)),
      collectSpans(() => order(3)),
    ]);
    one.has('SELECT stock', 1);
    two.has('SELECT stock', 3);
  });

  it('takes spans of its traces that start elsewhere, and all when told so', async () => {
    const tracer = trace.getTracer('t');
    const spans = await collectSpans(() =>
      withSpan('send', (span) => {
        const remote = { ...span.spanContext(), isRemote: true };
        const outside = trace.setSpanContext(context.active().deleteValue(Symbol.for('x')), remote);
        tracer.startSpan('receive', {}, outside).end();
      }),
    );
    spans.hasShape('send\n  receive');
    const all = await collectSpans(() => tracer.startSpan('root', { root: true }).end(), {
      everything: true,
    });
    all.has('root');
  });

  it('marks spans that do not end', async () => {
    const spans = await collectSpans(() => void trace.getTracer('t').startSpan('hung'), {
      settleMs: 5,
    });
    expect(spans.shape()).toBe('hung  !open');
  });

  it('throws on what the block throws', async () => {
    await expect(collectSpans(() => order(1, true))).rejects.toThrow('card declined');
  });
});

describe('claims that fail', () => {
  it('show a diff of the trees', async () => {
    const spans = await collectSpans(() => order(2, true).catch(() => {}));
    const wanted = 'POST /orders\n  SELECT stock\n  charge card\n  send mail';
    expect(failure(() => spans.hasShape(wanted))).toBe(
      [
        'the traces have another shape (- wanted, + found):',
        '- POST /orders',
        '-   SELECT stock',
        '-   charge card',
        '-   send mail',
        '+ POST /orders  !error',
        '+   SELECT stock  x2',
        '+   charge card  !error',
      ].join('\n'),
    );
    spans.hasShape('POST /orders  !error\n  SELECT stock x2\n  …');
    spans.hasShape('POST /orders  !error\n  …\n  charge card  !error');
    expect(failure(() => spans.hasShape('POST /orders  !error\n  …\n  send mail'))).toMatch('send');
  });

  it('say what was found and wanted, with the traces', async () => {
    const spans = await collectSpans(() => order(4, true).catch(() => {}));
    expect(failure(() => spans.has('refund'))).toBe(
      'found 0 spans of "refund", wanted at least one\n\n' +
        'The traces:\nPOST /orders  !error\n  SELECT stock  x4\n  charge card  !error',
    );
    expect(failure(() => spans.hasNoErrors())).toMatch('2 failed spans');
    expect(failure(() => spans.hasNoRepeats())).toMatch(
      'found 4 times "SELECT stock: select n from stock where id = ?" under "POST /orders", wanted 2',
    );
    expect(failure(() => spans.isWithin('POST /orders', -1))).toMatch(/took .* ms, wanted -1/);
    expect(failure(() => spans.hasError('SELECT stock'))).toMatch('4 spans');
    expect(failure(() => spans.hasError('charge card', 'other'))).toMatch('"card declined"');
    expect(failure(() => spans.hasAttributes('POST /orders', { items: 5 }))).toMatch('other');
    spans.hasError('charge card', /declined/);
  });
});

describe('shape snapshots', () => {
  it('are written once and compared from then on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clew-shape-'));
    const path = join(folder, 'shapes', 'order.txt');
    (await collectSpans(() => order(1))).matchesShapeFile(path);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('POST /orders\n  SELECT stock\n  charge card\n');
    const others = await collectSpans(() => order(2));
    const update = process.env['UPDATE'];
    delete process.env['UPDATE'];
    expect(failure(() => others.matchesShapeFile(path))).toMatch('+   SELECT stock  x2');
    if (update !== undefined) process.env['UPDATE'] = update;
    rmSync(folder, { recursive: true });
  });

  it('work as matchers and with the snapshots of the runner', async () => {
    expect.extend(spanMatchers);
    const spans = await collectSpans(() => order(1));
    const claims = expect(spans) as unknown as Record<string, (...args: unknown[]) => void>;
    claims['toHaveSpan']!('SELECT stock', 1);
    claims['toHaveNoErrors']!();
    claims['toHaveNoRepeats']!();
    claims['toHaveShape']!('POST /orders\n …');
    claims['toBeWithin']!('POST /orders', 10_000);
    expect(() => claims['toHaveSpan']!('x')).toThrow('found 0 spans of "x"');
    expect(spans.shape()).toMatchInlineSnapshot(`
      "POST /orders
        SELECT stock
        charge card"
    `);
  });
});
