/**
 * The checkout: its two investigations are answered from the traces alone, as its page tells them.
 *
 * It runs six times faster than on the page: 24 seconds are four.
 */
import { describe, expect, it } from 'vitest';
import { named, playsExample, tree, treeOf } from './examples-rig.ts';
import type { ReadSpan } from './read-back.ts';
import { eventually, run } from './rig.ts';

const example = playsExample('checkout', { SPEED: '6' });
const WELL = 'all is well (200)';
const DECLINED = 'the card is declined (402)';
const TIMED_OUT = 'fraud does not answer in time (504)';
const SLOW = 'it takes 24 seconds (200)';

/** The traces that `clew query` finds, once there are so many. */
async function query(traceql: string, count: number): Promise<string[]> {
  const found = await eventually(
    async () => {
      const { out, err } = await run(['query', traceql, '--json', '--server', example.ui]);
      if (err !== '') throw new Error(err);
      return (JSON.parse(out) as { traces: { traceId: string }[] }).traces;
    },
    (traces) => traces.length >= count,
  );
  return found.map(({ traceId }) => traceId);
}

const idOf = (title: string) => example.played.traces.find((one) => one.title === title)?.traceId;
const serviceOf = ({ resource }: ReadSpan) => resource['service.name'];

/** The time in which none of its children runs, in nanoseconds. */
function selfTime(span: ReadSpan, spans: readonly ReadSpan[]): bigint {
  let covered = 0n;
  let until = span.startNs;
  // They are ordered by start.
  for (const child of spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)) {
    const from = child.startNs > until ? child.startNs : until;
    const to = child.endNs < span.endNs ? child.endNs : span.endNs;
    if (to <= from) continue;
    covered += to - from;
    until = to;
  }
  return span.endNs - span.startNs - covered;
}

/** A step of the checkout and what is below it, without their neighbours, which run at the same time. */
function branch(spans: readonly ReadSpan[], name: string): ReadSpan[] {
  const taken = [named(spans, name)];
  for (const above of taken) {
    taken.push(...spans.filter(({ parentSpanId }) => parentSpanId === above.spanId));
  }
  return taken;
}

describe('a checkout that is well', () => {
  it('asks payment, fraud and inventory at once', async () => {
    const spans = await example.spans(WELL, 18);
    const below = named(spans, 'POST /checkout').spanId;
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === below);
    const [confirmation] = steps.splice(
      steps.findIndex(({ name }) => name === 'send order.confirmed'),
      1,
    );
    expect(steps.map(({ name }) => name).sort()).toEqual([
      'authorise payment',
      'check fraud',
      'reserve stock',
    ]);
    const ends = steps.map(({ endNs }) => endNs);
    for (const { startNs } of steps) expect(ends.every((end) => startNs < end)).toBe(true);
    expect(ends.every((end) => end <= (confirmation?.startNs ?? 0n))).toBe(true);
    expect(treeOf(branch(spans, 'check fraud'))).toBe(
      tree(`
        checkout check fraud internal
          checkout POST client
            fraud POST /checks server
              fraud score internal
      `),
    );
  });

  it('tells tier and region of the customer on every span', async () => {
    for (const span of await example.spans(WELL, 18)) {
      expect(span.attributes).toMatchObject({ customer_tier: 'gold', region: 'eu' });
    }
  });

  it('has its letter written in a trace of its own that links to it, baggage and all', async () => {
    const producer = named(await example.spans(WELL, 18), 'send order.confirmed');
    const letters = await query('{ name = "process order.confirmed" }', 2);
    expect(letters).toHaveLength(2);
    const linked = `{ name = "process order.confirmed" && link:spanID = "${producer.spanId}" }`;
    const [letter] = await query(linked, 1);
    expect(letters).toContain(letter);
    expect(letter).not.toBe(producer.traceId);
    const [written] = await query(`${linked} >> { span.customer_tier = "gold" }`, 1);
    expect(written).toBe(letter);
  });
});

describe('the slow inventory', () => {
  it('is found from the edge, and is where the time is spent', async () => {
    const slow = '{ resource.service.name = "gateway" && kind = server && duration > 3s }';
    expect(await query(slow, 1)).toEqual([idOf(SLOW)]);
    const spans = await example.spans(SLOW, 18);
    const bySelfTime = spans.toSorted((a, b) => Number(selfTime(b, spans) - selfTime(a, spans)));
    const [culprit] = bySelfTime;
    expect(`${serviceOf(culprit as ReadSpan)} ${culprit?.name}`).toBe('inventory UPDATE stock');
    expect(culprit?.attributes).toMatchObject({ 'stock.warehouse': 'far' });
    expect(culprit?.events).toEqual([
      { name: 'lock.wait', attributes: { 'lock.holder': 'nightly-stocktaking' } },
    ]);
  });

  it('is the far warehouse, each time and only then', async () => {
    expect(await query('{ span.stock.warehouse = "far" }', 1)).toEqual([idOf(SLOW)]);
    const others = '{ span.stock.warehouse = "near" && duration > 3s }';
    expect(await query(others, 0)).toEqual([]);
  });
});

describe('the fraud time-out', () => {
  it('is found from the edge, and leads to the review that nobody does', async () => {
    const edge = '{ resource.service.name = "gateway" && span.http.response.status_code = 504 }';
    expect(await query(edge, 1)).toEqual([idOf(TIMED_OUT)]);
    const spans = await example.spans(TIMED_OUT, 22);
    expect(treeOf(branch(spans, 'check fraud'))).toBe(
      tree(`
        checkout check fraud internal ✕
          checkout POST client ✕
            fraud POST /checks server ✕
              fraud score internal
              fraud wait for review internal ✕
      `),
    );
    expect(named(spans, 'POST /checks').status.message).toBe('the client went away');
    expect(named(spans, 'wait for review').attributes).toMatchObject({
      'fraud.queue': 'manual-review',
    });
  });

  it('is compensated: what had been done is undone, with a link to it', async () => {
    const undone = '{ span.checkout.compensation = true }';
    expect((await query(undone, 2)).sort()).toEqual([idOf(TIMED_OUT), idOf(DECLINED)].sort());
    const spans = await example.spans(TIMED_OUT, 22);
    for (const [compensation, step] of [
      ['void payment', 'authorise payment'],
      ['release stock', 'reserve stock'],
    ] as const) {
      const { links, startNs, status } = named(spans, compensation);
      const of = named(spans, step);
      expect(links).toEqual([
        {
          traceId: of.traceId,
          spanId: of.spanId,
          attributes: { 'link.reason': 'compensates' },
        },
      ]);
      expect(startNs >= of.endNs).toBe(true);
      expect(status.code ?? 0).toBe(0);
    }
  });
});

describe('a declined card', () => {
  it('is an error of the bank and of those who asked; only the stock is given back', async () => {
    const spans = await example.spans(DECLINED, 18);
    const failed = spans.filter(({ status }) => status.code === 2);
    expect(failed.map((span) => `${serviceOf(span)} ${span.name}`).sort()).toEqual([
      'checkout POST',
      'checkout authorise payment',
      'gateway POST',
      'payment ask the bank',
    ]);
    expect(named(spans, 'ask the bank').status.message).toMatch(/insufficient funds/);
    expect(spans.some(({ name }) => name === 'void payment')).toBe(false);
    expect(named(spans, 'release stock').links[0]?.spanId).toBe(
      named(spans, 'reserve stock').spanId,
    );
  });
});
