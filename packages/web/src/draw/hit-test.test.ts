import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeColumns, randomTrace } from '../../test/trace-columns.ts';
import { readColumns } from '../model/columns.ts';
import { buildTraceStore } from '../model/trace-store.ts';
import { TraceView } from '../model/trace-view.ts';
import { barBox } from './bars.ts';
import { hitTest } from './hit-test.ts';
import {
  AXIS_HEIGHT,
  firstLabelShare,
  type Layout,
  labelX,
  rowsInSight,
  rowTop,
} from './layout.ts';
import { SPACER_MAX, scrollScale } from './scroll-scale.ts';

const store = buildTraceStore(readColumns(encodeColumns(randomTrace(400))));

const scene = fc
  .record({
    width: fc.integer({ min: 500, max: 3000 }),
    height: fc.integer({ min: 100, max: 1500 }),
    share: fc.double({ min: 0.15, max: 0.6, noNaN: true }),
    scrollTop: fc.integer({ min: 0, max: 9000 }),
    zoom: fc.tuple(fc.nat(1e9 - 1), fc.nat(1e9)),
  })
  .map(({ width, height, share, scrollTop, zoom }) => {
    const view = new TraceView(store);
    view.setWindow({ from: Math.min(...zoom), to: Math.max(...zoom) });
    const labelWidth = Math.round(width * share);
    const layout: Layout = { width, height, labelWidth, rowHeight: 24, barHeight: 12 };
    return { view: view.snapshot(), layout, scrollTop };
  });

describe('hitTest', () => {
  it('finds the row and the time that a bar was drawn at', () => {
    fc.assert(
      fc.property(scene, ({ view, layout, scrollTop }) => {
        const { first, end } = rowsInSight(scrollTop, view.visible.count, layout);
        for (let row = first; row < end; row++) {
          const code = view.visible.rows[row]!;
          if (code < 0) continue;
          const top = rowTop(row, scrollTop, layout);
          const box = barBox({ store, view, layout }, code, top);
          const y = box.y + box.height / 2;
          if (y < AXIS_HEIGHT || box.x < layout.labelWidth || box.x > layout.width) continue;
          const hit = hitTest(box.x, y, scrollTop, layout, view.visible, view.window);
          expect(hit).toMatchObject({ zone: 'time', row, code });
          const pixel = (view.window.to - view.window.from) / layout.width;
          expect(Math.abs(hit.ns - store.start[code]!)).toBeLessThan(pixel);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('finds the caret where it was drawn', () => {
    fc.assert(
      fc.property(scene, ({ view, layout, scrollTop }) => {
        const { first, end } = rowsInSight(scrollTop, view.visible.count, layout);
        for (let row = first + 1; row < end; row++) {
          const x = labelX(view.visible.indent[row]!, layout) + 7;
          const y = rowTop(row, scrollTop, layout) + 12;
          const hit = hitTest(x, y, scrollTop, layout, view.visible, view.window);
          if (x < layout.labelWidth) expect(hit).toMatchObject({ zone: 'caret', row });
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('knows the axis, and the empty space under the last row', () => {
    const view = new TraceView(store).snapshot();
    const layout: Layout = {
      width: 900,
      height: 99_000,
      labelWidth: 300,
      rowHeight: 24,
      barHeight: 12,
    };
    expect(hitTest(500, 3, 0, layout, view.visible, view.window).zone).toBe('axis');
    expect(hitTest(500, 98_000, 0, layout, view.visible, view.window).row).toBe(-1);
  });
});

describe('the layout', () => {
  it('keeps room for a name however deep the row is', () => {
    const layout: Layout = {
      width: 900,
      height: 600,
      labelWidth: 300,
      rowHeight: 24,
      barHeight: 12,
    };
    expect(labelX(100_000, layout)).toBeLessThan(layout.labelWidth - 100);
    expect(labelX(1, layout)).toBeGreaterThan(labelX(0, layout));
  });

  it('starts with a share between the limits', () => {
    for (const width of [0, 320, 700, 1400, 5000]) {
      expect(firstLabelShare(width)).toBeGreaterThanOrEqual(0.15);
      expect(firstLabelShare(width)).toBeLessThanOrEqual(0.6);
    }
  });
});

describe('scrollScale', () => {
  it('is one to one below the limit', () => {
    const scale = scrollScale(2_400_000, 700);
    expect(scale.spacer).toBe(2_400_000);
    expect(scale.toContent(1234)).toBe(1234);
  });

  it('reaches the last row of a million rows', () => {
    const content = 24_000_000;
    const scale = scrollScale(content, 700);
    expect(scale.spacer).toBe(SPACER_MAX);
    expect(scale.toContent(SPACER_MAX - 700)).toBeCloseTo(content - 700, 3);
    expect(scale.toScroll(scale.toContent(5_000_000))).toBeCloseTo(5_000_000, 3);
  });
});
