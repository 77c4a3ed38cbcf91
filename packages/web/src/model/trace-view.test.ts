import { beforeEach, describe, expect, it } from 'vitest';
import { encodeColumns } from '../../test/trace-columns.ts';
import { readColumns } from './columns.ts';
import { moveBy, moveTo, stepIn, stepOut, toNext, toSibling } from './navigate.ts';
import { buildTraceStore, spanIdHex } from './trace-store.ts';
import { TraceView } from './trace-view.ts';

/** root → cart, pay → charge ✕ → bank; pay → 5 × retry; root → mail */
const rows = [
  { parent: -1, start: 0, duration: 1000, name: 'root' },
  { parent: 0, start: 10, duration: 50, name: 'cart' },
  { parent: 0, start: 100, duration: 800, name: 'pay' },
  { parent: 2, start: 110, duration: 300, name: 'charge', status: 2 },
  { parent: 3, start: 120, duration: 200, name: 'bank' },
  ...[500, 520, 540, 560, 580].map((start, i) => ({
    parent: 2,
    start,
    duration: 10,
    name: 'retry',
    status: i === 4 ? 2 : 0,
  })),
  { parent: 0, start: 950, duration: 20, name: 'mail' },
];
const store = buildTraceStore(readColumns(encodeColumns(rows)));
let view: TraceView;

beforeEach(() => {
  view = new TraceView(store);
});

function nameOf(code: number | null): string {
  if (code === null) return 'none';
  const name = store.names[store.name[view.spanOf(code)]!]!;
  return code < 0 ? `[${name}]` : name;
}

const selected = () => nameOf(view.snapshot().selected);
const names = () => Array.from(view.snapshot().visible.rows, nameOf);

function select(name: string): void {
  const row = names().indexOf(name);
  moveTo(view, row);
}

describe('moving', () => {
  it('enters at the top and stops at the ends', () => {
    moveBy(view, 1);
    expect(selected()).toBe('root');
    moveBy(view, -3);
    expect(selected()).toBe('root');
    moveBy(view, 99);
    expect(selected()).toBe('mail');
  });

  it('goes to the first child and back to the parent', () => {
    select('pay');
    stepIn(view);
    expect(selected()).toBe('charge');
    stepOut(view);
    expect(view.isOpen(view.snapshot().selected!)).toBe(false);
    stepOut(view);
    expect(selected()).toBe('pay');
  });

  it('jumps between siblings without entering them', () => {
    select('cart');
    toSibling(view, true);
    toSibling(view, true);
    expect(selected()).toBe('mail');
    toSibling(view, true);
    expect(selected()).toBe('mail');
    toSibling(view, false);
    expect(selected()).toBe('pay');
  });

  it('finds errors also inside closed groups, and wraps', () => {
    view.setAll(false);
    toNext(view, 'error', true);
    expect(selected()).toBe('charge');
    toNext(view, 'error', true);
    expect(selected()).toBe('retry');
    expect(names().filter((name) => name === 'retry')).toHaveLength(5);
    toNext(view, 'error', true);
    expect(selected()).toBe('charge');
  });
});

describe('folding', () => {
  it('moves a selection that disappears to what hides it', () => {
    view.selectId(spanIdHex(store, view.spanOf(view.snapshot().visible.rows[4]!)));
    expect(selected()).toBe('bank');
    view.setAll(false);
    expect(selected()).toBe('root');
  });

  it('expands and collapses by levels', () => {
    view.setDepth(1);
    expect(names()).toEqual(['root', 'cart', 'pay', 'mail']);
    view.changeDepth(1);
    expect(names()).toEqual(['root', 'cart', 'pay', 'charge', '[retry]', 'mail']);
    view.changeDepth(-1);
    expect(names()).toEqual(['root', 'cart', 'pay', 'mail']);
    view.setAll(true);
    expect(names()).toContain('bank');
    expect(names().filter((name) => name === 'retry')).toHaveLength(5);
  });

  it('folds a whole subtree, so that opening it again shows one level', () => {
    select('pay');
    view.setSubtree(view.snapshot().selected!, false);
    stepIn(view);
    expect(names()).toEqual(['root', 'cart', 'pay', 'charge', '[retry]', 'mail']);
  });

  it('looks at a subtree alone, and comes back for a span outside it', () => {
    select('pay');
    view.setFocus(view.snapshot().selected);
    expect(names()[0]).toBe('pay');
    view.selectId(spanIdHex(store, 1));
    expect(names()[0]).toBe('root');
  });

  it('turns groups off and keeps a selected group as its first member', () => {
    select('[retry]');
    view.setGrouping(false);
    expect(selected()).toBe('retry');
    expect(names()).not.toContain('[retry]');
  });

  it('survives the way through a link', () => {
    select('charge');
    stepOut(view);
    select('[retry]');
    stepIn(view);
    const again = new TraceView(store, view.foldSpec());
    expect(again.snapshot().visible.rows).toEqual(view.snapshot().visible.rows);
  });
});

describe('finding', () => {
  it('matches words in service and name, in any case', () => {
    view.setFind('SVC retry', 'dim');
    expect(view.snapshot().matches!.spans).toHaveLength(5);
    toNext(view, 'match', true);
    expect(selected()).toBe('retry');
  });

  it('hides everything but the matches and their ancestors', () => {
    view.setFind('bank', 'hide');
    expect(names()).toEqual(['root', 'pay', 'charge', 'bank']);
    view.setFind('', 'dim');
    expect(names()).toContain('mail');
  });

  it('finds a span by its id', () => {
    view.setFind(spanIdHex(store, 3).toUpperCase(), 'dim');
    expect([...view.snapshot().matches!.spans]).toEqual([3]);
  });

  it('says when nothing matches', () => {
    view.setFind('nowhere', 'dim');
    expect(view.snapshot().matches!.spans).toHaveLength(0);
    toNext(view, 'match', true);
    expect(selected()).toBe('none');
  });
});

describe('the snapshot', () => {
  it('is the same object until something changes, and tells listeners once per change', () => {
    let told = 0;
    const stop = view.subscribe(() => told++);
    const before = view.snapshot();
    view.select(null);
    view.setWindow(view.bounds);
    expect(view.snapshot()).toBe(before);
    moveBy(view, 1);
    expect(view.snapshot()).not.toBe(before);
    expect(told).toBe(1);
    stop();
    moveBy(view, 1);
    expect(told).toBe(1);
  });

  it('centres the selection first and fits it then', () => {
    select('bank');
    view.setWindow({ from: 700, to: 900 });
    view.centreThenFit();
    expect(view.snapshot().window).toEqual({ from: 120, to: 320 });
    view.centreThenFit();
    expect(view.snapshot().window).toEqual({ from: 100, to: 340 });
  });
});
