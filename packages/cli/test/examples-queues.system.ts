/**
 * Queues: one message at a time in the trace of its sender, batches that link to all senders, a span per attempt.
 */
import { describe, expect, it } from 'vitest';
import { named, playsExample, tree, treeOf } from './examples-rig.ts';
import type { ReadSpan } from './read-back.ts';
import { eventually, run } from './rig.ts';

const example = playsExample('queues');
const ORDERS = ['web-1', 'web-2', 'web-3', 'phone-1', 'phone-2', 'phone-3'];
/** One sending, and the attempts: the second order of a producer needs two, the third has three in vain. */
const SPANS = { 1: 2, 2: 3, 3: 4 } as const;
type Nth = keyof typeof SPANS;

function orderOf(id: string): Promise<ReadSpan[]> {
  return example.spans(`order ${id}`, SPANS[Number(id.slice(-1)) as Nth]);
}

const attemptsOf = (spans: readonly ReadSpan[]) =>
  spans.filter(({ name }) => name === 'process billing');

describe('one message at a time', () => {
  it('goes on in the trace of its sender, through a broker that knows no traces', async () => {
    for (const service of ['web', 'phone']) {
      const spans = await orderOf(`${service}-1`);
      expect(treeOf(spans)).toBe(
        tree(`
          ${service} send orders producer
            billing process billing consumer
        `),
      );
      expect(named(spans, 'process billing').attributes).toEqual({
        'messaging.system': 'file_queue',
        'messaging.destination.name': 'billing',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.message.id': `${service}-1`,
        'queue.attempt': 1,
      });
    }
  });
});

describe('a retry', () => {
  it('is a span of its own, with a link to the attempt before', async () => {
    const spans = await orderOf('web-2');
    expect(treeOf(spans)).toBe(
      tree(`
        web send orders producer
          billing process billing consumer ✕
          billing process billing consumer
      `),
    );
    const [first, second] = attemptsOf(spans);
    expect(first?.status.message).toBe('the bank does not answer');
    expect(first?.links).toEqual([]);
    expect(second?.links).toEqual([
      {
        traceId: first?.traceId,
        spanId: first?.spanId,
        attributes: { 'link.reason': 'retry' },
      },
    ]);
    expect((second?.startNs ?? 0n) > (first?.endNs ?? 0n)).toBe(true);
  });

  it('is the last one after three attempts', async () => {
    for (const id of ['web-3', 'phone-3']) {
      const attempts = attemptsOf(await orderOf(id));
      expect(attempts.map(({ attributes }) => attributes['queue.attempt'])).toEqual([1, 2, 3]);
      expect(attempts.map(({ status }) => status.code)).toEqual([2, 2, 2]);
      expect(attempts.map(({ links }) => links.map(({ spanId }) => spanId))).toEqual([
        [],
        [attempts[0]?.spanId],
        [attempts[1]?.spanId],
      ]);
    }
  });

  it('is found by its number', async () => {
    const given = '{ span.queue.attempt = 3 && status = error }';
    const found = await eventually(
      async () => {
        const { out } = await run(['query', given, '--json', '--server', example.ui]);
        return (JSON.parse(out) as { traces: { traceId: string }[] }).traces;
      },
      (traces) => traces.length >= 2,
    );
    const ids = example.played.traces.filter(({ title }) => title.endsWith('-3'));
    expect(found.map(({ traceId }) => traceId).sort()).toEqual(
      ids.map(({ traceId }) => traceId).sort(),
    );
  });
});

describe('a batch', () => {
  it('is a trace of its own with a link to every sender; together they have all orders', async () => {
    const reports = example.played.traces.filter(({ title }) => title.startsWith('report '));
    expect(reports.length).toBeGreaterThanOrEqual(2);
    const links: ReadSpan['links'] = [];
    for (const { title } of reports) {
      const spans = await example.spans(title, 2);
      expect(treeOf(spans)).toBe(
        tree(`
          reports process reports consumer
            reports add up internal
        `),
      );
      const batch = named(spans, 'process reports');
      expect(batch.attributes['messaging.batch.message_count']).toBe(batch.links.length);
      expect(batch.links.length).toBeLessThanOrEqual(4);
      links.push(...batch.links);
    }
    const linked = links.map(({ attributes, spanId }) => [
      attributes['messaging.message.id'],
      spanId,
    ]);
    const senders = ORDERS.map(async (id) => [id, named(await orderOf(id), 'send orders').spanId]);
    expect(linked.sort()).toEqual((await Promise.all(senders)).sort());
  });
});
