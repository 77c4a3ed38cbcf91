/**
 * The state of a trace's view as parameters of the address, and back.
 *
 * Works on the raw search, because the fold of this page says more (`model/fold.ts`) than the address schema of the
 * whole product reads; all other parameters go through that schema. Never knows: the router, the canvas.
 */
import { type RawSearch, single } from '../address/raw-search.ts';
import { formatTraceAddress, parseTraceAddress } from '../address/trace-address.ts';
import { formatFold, parseFold } from '../model/fold.ts';
import { spanIdHex } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import { isWhole } from '../model/viewport.ts';

/** Brings a view into the state that an address describes. Ids the trace does not have are ignored. */
export function applySearch(view: TraceView, raw: RawSearch): void {
  const { address } = parseTraceAddress(withoutFold(raw));
  view.setFold(parseFold(single(raw, 'fold') ?? ''));
  view.setFind(address.find, address.findMode);
  if (address.zoom !== undefined) {
    const { wallStart } = view.store;
    view.setWindow({ from: wallStart + address.zoom.startNs, to: wallStart + address.zoom.endNs });
  } else {
    view.setWindow(view.bounds);
  }
  if (address.span !== undefined) {
    view.selectId(address.span);
  } else {
    view.select(null);
  }
}

/** The search that describes a view; parameters that are not of this page's state are kept. */
export function searchOf(view: TraceView, before: RawSearch): RawSearch {
  const { address } = parseTraceAddress(withoutFold(before));
  const { window, selected, find, findMode } = view.snapshot();
  const { wallStart } = view.store;
  const search = formatTraceAddress({
    ...address,
    span: selected !== null && selected >= 0 ? spanIdHex(view.store, selected) : undefined,
    zoom: isWhole(window, view.bounds)
      ? undefined
      : {
          startNs: Math.max(0, Math.floor(window.from - wallStart)),
          endNs: Math.ceil(window.to - wallStart),
        },
    find,
    findMode,
  });
  const fold = formatFold(view.foldSpec());
  return fold === '' ? search : { ...search, fold };
}

function withoutFold(raw: RawSearch): RawSearch {
  const { fold: _fold, ...rest } = raw;
  return rest;
}

/** The parameters of this page's state as one text, to tell its own changes from others'. */
export function stateOf(raw: RawSearch): string {
  return JSON.stringify(['span', 'z', 'f', 'fm', 'fold'].map((name) => single(raw, name) ?? ''));
}
