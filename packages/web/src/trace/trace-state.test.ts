import { describe, expect, it } from 'vitest';
import { encodeColumns, idOf, randomTrace } from '../../test/trace-columns.ts';
import { readColumns } from '../model/columns.ts';
import { buildTraceStore } from '../model/trace-store.ts';
import { TraceView } from '../model/trace-view.ts';
import { applySearch, searchOf } from './trace-state.ts';

const store = buildTraceStore(readColumns(encodeColumns(randomTrace(120))));

function viewOf(raw: Record<string, string>): TraceView {
  const view = new TraceView(store);
  applySearch(view, raw);
  return view;
}

describe('the address of a trace', () => {
  it('brings back selection, zoom, find and fold', () => {
    const raw = {
      span: idOf(17),
      z: '1000~900000',
      f: 'service-3',
      fm: 'hide',
      fold: 'depth:4,nogroup',
    };
    // A selected span is always in sight, so it may undo a filter or a fold that would hide it.
    const first = searchOf(viewOf(raw), {});
    expect(searchOf(viewOf(first as Record<string, string>), {})).toEqual(first);
    expect(first).toMatchObject({ span: idOf(17), z: '1000~900000', f: 'service-3' });
  });

  it('is empty for a trace as it opens', () => {
    expect(searchOf(viewOf({}), {})).toEqual({});
  });

  it('keeps parameters of others, and ignores what the trace does not have', () => {
    const view = viewOf({ span: 'ffffffffffffffff', z: '9~1', fold: 'x:ffffffffffffffff' });
    expect(searchOf(view, { ts: '1770000000000' })).toEqual({ ts: '1770000000000' });
  });
});
