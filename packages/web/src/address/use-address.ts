/**
 * The address as React state: read it, change it. The URL is the only place where a page keeps what it shows.
 *
 * Selecting and zooming *replace* the entry of the history, navigating *pushes* one; hover and scroll never come here.
 * Never knows: what the pages draw.
 */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import {
  type ExploreAddress,
  formatExploreAddress,
  parseExploreAddress,
} from './explore-address.ts';
import type { RawSearch } from './raw-search.ts';
import {
  type AddressNote,
  formatTraceAddress,
  parseTraceAddress,
  type TraceAddress,
} from './trace-address.ts';

export type ChangeOptions = { readonly push?: boolean };

export type AddressState<Address> = {
  readonly address: Address;
  /** Parameters that could not be read; the page shows them once. */
  readonly notes: readonly AddressNote[];
  /** Merges the fields given into the address. Replaces the history entry unless `push` is set. */
  readonly change: (fields: Partial<Address>, options?: ChangeOptions) => void;
};

/** The address of `/trace/:id`; stable between renders while the URL is the same. */
export function useTraceAddress(): AddressState<TraceAddress> {
  return useAddress(parseTraceAddress, formatTraceAddress);
}

/** The address of `/explore`. */
export function useExploreAddress(): AddressState<ExploreAddress> {
  return useAddress(parseExploreAddress, formatExploreAddress);
}

function useAddress<Address>(
  parse: (raw: RawSearch) => { address: Address; notes: AddressNote[] },
  format: (address: Address) => RawSearch,
): AddressState<Address> {
  const raw = useLocation({ select: (location) => location.search as RawSearch });
  const navigate = useNavigate();
  const parsed = useMemo(() => parse(raw), [parse, raw]);
  const change = useCallback(
    (fields: Partial<Address>, options: ChangeOptions = {}) => {
      // The latest search and not the rendered one: two changes in one event must both survive.
      void navigate({
        to: '.',
        replace: options.push !== true,
        resetScroll: false,
        // The router cannot know which route `.` is, so the type of its search is out of reach here.
        search: ((before: RawSearch) => format({ ...parse(before).address, ...fields })) as never,
      });
    },
    [navigate, parse, format],
  );
  return useMemo(() => ({ ...parsed, change }), [parsed, change]);
}
