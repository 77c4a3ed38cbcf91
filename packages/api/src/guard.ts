/**
 * Who may ask: keeps other web sites' pages out, by name tricks (DNS rebinding) and by cross-site requests.
 *
 * A page of another site can make a browser send requests here. It cannot make the browser send
 * our name in `Host` (unless it rebinds its own name, which then shows), nor hide `Origin` and
 * `Sec-Fetch-Site`. Links from elsewhere stay possible: opening a page is a navigation.
 *
 * Never knows: what is asked for.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './errors.ts';
import { limits } from './limits.ts';

export type Guard = {
  /** @throws ApiError with the reason why the request is refused. */
  check(request: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    /** The route answers POST: it changes nothing, or only what its face documents. */
    readonly takesPost?: boolean;
  }): void;
};

export type GuardOptions = {
  /** The host the listener is bound to, without port. */
  readonly bound: string;
  /** Further names, lower case, without port. */
  readonly hosts: readonly string[];
  /** Where spans go, for those who send them here. */
  readonly receivers: string;
};

export function createGuard({ bound, hosts, receivers }: GuardOptions): Guard {
  const isLocal = isLoopback(bound);
  const isKnown = (name: string) =>
    hosts.includes(name) || (isLocal ? isLoopback(name) : hosts.length === 0 || isAddress(name));
  const wanted = [...(isLocal ? ['localhost', '127.0.0.1'] : ['an IP address']), ...hosts];

  return {
    check({ method, url, headers, takesPost = false }) {
      const isTaken = method === 'GET' || method === 'HEAD' || (method === 'POST' && takesPost);
      if (!isTaken) {
        const path = url.split('?', 1)[0]!;
        throw new ApiError('method-not-allowed', { found: method, path, receivers });
      }
      if (Buffer.byteLength(url) > limits.urlBytesMax) {
        const found = Buffer.byteLength(url);
        throw new ApiError('url-too-long', { found, limit: limits.urlBytesMax });
      }
      const host = headers.host ?? '';
      if (!isKnown(hostName(host))) {
        throw new ApiError('host-refused', { found: host || 'none', wanted: wanted.join(', ') });
      }
      checkOrigin(headers, hosts);
    },
  };
}

function checkOrigin(headers: IncomingHttpHeaders, hosts: readonly string[]): void {
  const { origin, host } = headers;
  if (origin !== undefined) {
    const from = URL.canParse(origin) ? new URL(origin) : undefined;
    if (from !== undefined && (from.host === host || hosts.includes(from.hostname))) return;
    throw new ApiError('origin-refused', { found: origin });
  }
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  const isNavigation =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (!isNavigation) throw new ApiError('origin-refused', { found: `another site (${site})` });
}

/** `LOCALHOST:16686` → `localhost`, `[::1]:80` → `::1`. */
export function hostName(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host.trim()) ?? [];
  return (bracketed ?? plain ?? '').toLowerCase().replace(/\.$/, '');
}

/** RFC 6761: browsers resolve `localhost` and all names below it to loopback. */
export function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/** Rebinding needs a name, so an address in `Host` is what it says. */
function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || name.includes(':');
}
