/**
 * Keeps the Trace page and the address in step: written a moment after the view changed, read when the address was
 * changed from outside (back, a pasted link).
 *
 * Always replaces the history entry: leaving the page is one step back. Never knows: what the parameters mean.
 */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { RawSearch } from '../address/raw-search.ts';
import type { TraceView } from '../model/trace-view.ts';
import { applySearch, searchOf, stateOf } from './trace-state.ts';

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
