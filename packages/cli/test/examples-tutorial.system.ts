/**
 * The tutorial's promise: three orders are three whole traces of three spans each, over a queue.
 */
import { describe, expect, it } from 'vitest';
import { named, playsExample, tree, treeOf } from './examples-rig.ts';
import type { TracesJson } from './otlp-json.ts';

const example = playsExample('tutorial');

describe('the tutorial', () => {
  it('shows three traces, one for each order', () => {
    expect(example.played.traces.map(({ title }) => title)).toEqual([
      '1 × lamp',
      '3 × thread',
      '99 × wax wing',
    ]);
    expect(new Set(example.played.traces.map(({ traceId }) => traceId)).size).toBe(3);
  });

  it.each(['1 × lamp', '3 × thread'])('%s: client and service are one trace', async (title) => {
    const spans = await example.spans(title, 3);
    expect(treeOf(spans)).toBe(
      tree(`
        client Client.placeOrder producer
          order-service OrderService.handle consumer
            order-service OrderService.reserve internal
      `),
    );
    const root = named(spans, 'Client.placeOrder');
    expect(root.attributes).toMatchObject({ 'order.item': title.split(' × ')[1] });
    // Times are compared within a process only: each has a clock of its own.
    const handle = named(spans, 'OrderService.handle');
    const reserve = named(spans, 'OrderService.reserve');
    expect(reserve.startNs).toBeGreaterThanOrEqual(handle.startNs);
    expect(reserve.endNs).toBeLessThanOrEqual(handle.endNs);
  });

  it('a refused order is tagged on the whole path, each exception where it was thrown', async () => {
    const spans = await example.spans('99 × wax wing', 3);
    expect(treeOf(spans)).toBe(
      tree(`
        client Client.placeOrder producer ✕
          order-service OrderService.handle consumer ✕
            order-service OrderService.reserve internal ✕
      `),
    );
    const says = '99 × wax wing ordered, 2 left';
    expect(spans.map(({ status }) => status.message)).toEqual([says, says, says]);
    const reserve = named(spans, 'OrderService.reserve');
    expect(reserve.attributes).toEqual({ 'stock.left': 2 });
    expect(reserve.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': says } },
    ]);
    expect(named(spans, 'OrderService.handle').events).toEqual([]);
  });

  it('answers a trace as OTLP/JSON: one resource for each process', async () => {
    await example.spans('1 × lamp', 3);
    const id = example.played.traces[0]?.traceId;
    const json = (await (await fetch(`${example.ui}/api/v1/traces/${id}`)).json()) as TracesJson;
    const counts = json.resourceSpans?.map((one) =>
      one.scopeSpans?.map(({ spans }) => spans?.length),
    );
    expect(counts?.sort()).toEqual([[1], [2]]);
  });
});
