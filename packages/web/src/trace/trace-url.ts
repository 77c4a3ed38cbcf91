/**
 * The Trace page's state in the address: written a moment after it changed, read when it was changed from outside.
 *
 * Works on the raw search, because the fold of this page says more (`model/fold.ts`) than the address schema of the
 * whole product reads; all other parameters go through that schema. Always replaces the history entry: leaving the
 * page is one step back. Never knows: the canvas.
 */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { type RawSearch, single } from '../address/raw-search.ts';
import { formatTraceAddress, parseTraceAddress } from '../address/trace-address.ts';
import { formatFold, parseFold } from '../model/fold.ts';
import { spanIdHex } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import { isWhole } from '../model/viewport.ts';

/** Browsers allow about 100 changes of the address in half a minute; keys repeat thirty times a second. */
const WRITE_AFTER_MS = 250;

/** Keeps a view, made by `applySearch` from the address, in step with it while mounted. */
export function useTraceUrl(view: TraceView): void {
  const raw = useLocation({ select: (location) => location.search as RawSearch });
  const navigate = useNavigate();
  const written = useRef(stateOf(raw));

  useEffect(() => {
    const said = stateOf(raw);
    if (said !== written.current) {
      written.current = said;
      applySearch(view, raw);
    }
  }, [view, raw]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      void navigate({
        to: '.',
        replace: true,
        resetScroll: false,
        search: (before: object) => {
          const next = searchOf(view, before as RawSearch);
          written.current = stateOf(next);
          return next;
        },
      });
    };
    const unsubscribe = view.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(write, WRITE_AFTER_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [view, navigate]);
}

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
function stateOf(raw: RawSearch): string {
  return JSON.stringify(['span', 'z', 'f', 'fm', 'fold'].map((name) => single(raw, name) ?? ''));
}
