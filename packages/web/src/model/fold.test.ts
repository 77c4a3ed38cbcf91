import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeColumns, idOf, randomTrace } from '../../test/trace-columns.ts';
import { toggleBit } from './bitset.ts';
import { readColumns } from './columns.ts';
import {
  AUTO_FOLD_ROWS,
  applyFold,
  DEFAULT_FOLD,
  describeFold,
  type FoldSpec,
  formatFold,
  parseFold,
} from './fold.ts';
import { buildTraceStore, isError, isOnPath } from './trace-store.ts';
import { visibleRows } from './visible-rows.ts';

const store = buildTraceStore(readColumns(encodeColumns(randomTrace(300))));
const large = buildTraceStore(readColumns(encodeColumns(randomTrace(AUTO_FOLD_ROWS + 1000))));

const spanId = fc.nat(0xffff).map((row) => idOf(row));
const spec: fc.Arbitrary<FoldSpec> = fc.record({
  base: fc.oneof(
    fc.constantFrom('auto' as const, 'open' as const),
    fc
      .record(
        {
          criticalPath: fc.constant(true),
          errors: fc.constant(true),
          depth: fc.nat(99_999),
          minNs: fc.integer({ min: 1, max: 1e12 }),
        },
        { requiredKeys: [] },
      )
      .filter((keep) => Object.keys(keep).length > 0),
  ),
  foldClients: fc.boolean(),
  grouping: fc.boolean(),
  focusId: fc.option(spanId),
  changed: fc.uniqueArray(spanId, { maxLength: 9 }),
  opened: fc.uniqueArray(spanId, { maxLength: 9 }),
});

const shown = (fold: FoldSpec) =>
  new Set(visibleRows(large, { ...applyFold(large, fold), grouping: false }).rows);

describe('the text of a fold', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(spec, (some) => {
        expect(parseFold(formatFold(some))).toEqual(some);
      }),
    );
  });

  it('is empty for the default', () => {
    expect(formatFold(DEFAULT_FOLD)).toBe('');
    expect(parseFold('')).toEqual(DEFAULT_FOLD);
  });

  it('reads the documented form', () => {
    expect(parseFold('cp,err,depth:3,min:5ms').base).toEqual({
      criticalPath: true,
      errors: true,
      depth: 3,
      minNs: 5_000_000,
    });
  });

  it('leaves out what it does not understand', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFold(text)));
    expect(parseFold('depth:-1,x:zz,min:soon,what')).toEqual(DEFAULT_FOLD);
  });
});

describe('the fold in a trace', () => {
  it('opens everything in a small trace', () => {
    expect(visibleRows(store, { ...applyFold(store, DEFAULT_FOLD), grouping: false }).count).toBe(
      300,
    );
  });

  it('folds a large trace, but keeps the path, the errors and three levels', () => {
    const rows = shown(DEFAULT_FOLD);
    expect(rows.size).toBeLessThan(large.spans);
    for (let span = 0; span < large.spans; span++) {
      if (isError(large, span) || isOnPath(large, span) || large.depth[span]! <= 3) {
        expect(rows.has(span)).toBe(true);
      }
    }
  });

  it('keeps the roots alone at depth 0, and one level more at each depth', () => {
    for (const depth of [0, 1, 2, 5]) {
      const rows = shown({ ...DEFAULT_FOLD, base: { depth } });
      const wanted = [...large.depth].filter((level) => level <= depth).length;
      expect(rows.size).toBe(wanted);
    }
  });

  it('describes what was folded by hand, and applies it again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(299), { maxLength: 20 }), (spans) => {
        const state = applyFold(store, DEFAULT_FOLD);
        for (const span of spans) toggleBit(state.collapsed, span);
        const described = describeFold(store, DEFAULT_FOLD, state);
        const again = applyFold(store, parseFold(formatFold(described)));
        expect(again).toEqual(state);
      }),
    );
  });

  it('ignores ids of other traces', () => {
    const state = applyFold(store, {
      ...DEFAULT_FOLD,
      changed: ['ffffffffffffffff'],
      focusId: 'eeeeeeeeeeeeeeee',
    });
    expect(state).toEqual(applyFold(store, DEFAULT_FOLD));
  });
});
