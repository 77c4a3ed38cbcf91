/**
 * Python services under their own SDK and Node services under ours: one trace.
 *
 * Needs Python and its package index; where either is missing the tests are skipped and say so.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { named, playsExample, tree, treeOf } from './examples-rig.ts';

const example = playsExample('python');

beforeEach((context) => {
  if (example.played.skipped !== undefined) context.skip(example.played.skipped);
});

describe('Python services between Node ones', () => {
  it('are one trace', async () => {
    const spans = await example.spans('a quote for three lamps', 9);
    expect(treeOf(spans)).toBe(
      tree(`
        buyer ask for quote internal
          buyer GET client
            quotes GET /quotes/{item} server
              quotes GET client
                stock GET /stock/<item> server
                  stock GET client
                    warehouse GET server
              quotes GET /quotes/{item} http send internal
              quotes GET /quotes/{item} http send internal
      `),
    );
    const languages = spans.map(
      ({ resource }) => `${resource['service.name']} ${resource['telemetry.sdk.language']}`,
    );
    expect([...new Set(languages)].sort()).toEqual([
      'buyer nodejs',
      'quotes python',
      'stock python',
      'warehouse nodejs',
    ]);
  });

  it('what nobody sells is an error of those who ask', async () => {
    const spans = await example.spans('a quote for what nobody sells', 9);
    const errors = spans.filter(({ status }) => status.code === 2);
    const services = errors.map(({ resource }) => resource['service.name']);
    expect(services.sort()).toEqual(['buyer', 'quotes', 'stock']);
    expect(errors.map(({ kind }) => kind)).toEqual([3, 3, 3]);
    const quote = named(spans, 'GET /quotes/{item}');
    expect(quote.status.code ?? 0).toBe(0);
  });
});
