/**
 * Which row of the protocols' table a request of an HTTP listener is for, or what else it may want.
 *
 * Never knows: bodies, answers.
 */
import type { IncomingMessage } from 'node:http';
import {
  type HttpProtocol,
  type Listener,
  mediaType,
  type Page,
  type Protocol,
  pages,
  protocols,
} from '@clew/translate';
import { CollectorError } from '../errors.ts';

export type Route =
  | { readonly kind: 'spans'; readonly protocol: HttpProtocol }
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'otherwise' };

/**
 * Finds the route of a request. Throws NO_SUCH_PATH, NO_SUCH_SIGNAL, WRONG_METHOD or UNKNOWN_CONTENT_TYPE;
 * with `hasOtherwise`, only the last of them.
 */
export type FindRoute = (request: IncomingMessage) => Route;

export function createRoutes(listener: Listener, hasOtherwise: boolean): FindRoute {
  const rows = protocols.filter((row) => isHttpOf(row, listener.name)) as HttpProtocol[];
  const byPath = groupByPath(rows);
  const ours = pages.filter((page) => page.listener === listener.name);
  return (request) => {
    const path = pathOf(request);
    const method = request.method ?? '';
    const atPath = byPath.get(path) ?? [];
    const candidates = atPath.filter(({ methods }) => methods.includes(method));
    if (candidates.length > 0) return { kind: 'spans', protocol: pick(candidates, request) };
    const pagesThere = ours.filter((page) => page.path === path);
    const page = pagesThere.find(({ methods }) => methods.includes(method));
    if (page !== undefined) return { kind: 'page', page };
    if (hasOtherwise) return { kind: 'otherwise' };
    throw astray(listener, path, method, [...atPath, ...pagesThere]);
  };
}

/** The path without its query and without a slash at its end. */
export function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function isHttpOf(row: Protocol, listener: string): boolean {
  return row.transport === 'http' && row.listener === listener;
}

function groupByPath(rows: readonly HttpProtocol[]): ReadonlyMap<string, HttpProtocol[]> {
  const byPath = new Map<string, HttpProtocol[]>();
  for (const row of rows) {
    for (const path of row.paths) byPath.set(path, [...(byPath.get(path) ?? []), row]);
  }
  return byPath;
}

function pick(candidates: readonly HttpProtocol[], request: IncomingMessage): HttpProtocol {
  const header = request.headers['content-type'];
  const media = mediaType(header ?? '');
  const row =
    candidates.find(({ contentTypes }) => contentTypes.includes(media)) ??
    candidates.find(({ isDefault }) => isDefault);
  if (row !== undefined) return row;
  const types = candidates.map(({ contentTypes }) => contentTypes[0]);
  const wanted = types.join(' or ');
  throw new CollectorError('UNKNOWN_CONTENT_TYPE', { found: header ?? 'none', wanted });
}

function astray(
  { hint, strays }: Listener,
  path: string,
  method: string,
  there: readonly { readonly methods: readonly string[] }[],
): CollectorError {
  if (there.length > 0) {
    const wanted = [...new Set(there.flatMap(({ methods }) => methods))].join(' or ');
    return new CollectorError('WRONG_METHOD', { found: method, path, wanted, hint: hint(path) });
  }
  const stray = strays?.[path];
  if (stray !== undefined) return new CollectorError('NO_SUCH_SIGNAL', { ...stray });
  return new CollectorError('NO_SUCH_PATH', { found: path.slice(0, 200), hint: hint(path) });
}
