/**
 * Under which names spans have arrays, as the catalogue of attributes knows.
 *
 * To look into arrays costs the skip indexes, and few attributes are arrays; so it is done for those names only. What the
 * catalogue says is kept for a moment: a new name is noticed within two seconds.
 *
 * Never knows: what is asked of the arrays.
 */
import type { Attribute } from '@clew/traceql';
import type { Run } from './run.ts';
import { arrayKeysStatement } from './sql/array-keys.ts';

export type ArrayKeys = {
  /** True where spans may have arrays under this name. */
  has(scope: Attribute['scope'], name: string): boolean;
};

export type ArrayKeysReader = (tenant: string, run: Run) => Promise<ArrayKeys>;

const keptMs = 2_000;
/** Tenants whose names are kept; one more, and all are forgotten. */
const tenantsMax = 1_000;
/** Names at most; beyond, every attribute is taken to have arrays. */
const keysMax = 10_000;

export function createArrayKeys(nowMs: () => number): ArrayKeysReader {
  const known = new Map<string, { readonly keys: ArrayKeys; readonly readMs: number }>();
  return async (tenant, run) => {
    const kept = known.get(tenant);
    const readMs = nowMs();
    if (kept !== undefined && readMs - kept.readMs < keptMs) return kept.keys;
    const rows = await run.rows<KeyRow>(arrayKeysStatement(tenant, keysMax));
    const keys = keysOf(rows);
    if (known.size >= tenantsMax) known.clear();
    known.set(tenant, { keys, readMs });
    return keys;
  };
}

type KeyRow = { readonly scope: string; readonly key: string };

/** TraceQL's scopes → those of the catalogue. */
const cataloguedAs: Readonly<Record<Attribute['scope'], readonly string[]>> = {
  any: ['span', 'resource'],
  span: ['span'],
  resource: ['resource'],
  event: ['event'],
  link: ['link'],
  instrumentation: ['scope'],
};

function keysOf(rows: readonly KeyRow[]): ArrayKeys {
  if (rows.length === keysMax) return { has: () => true };
  const keys = new Set(rows.map(({ scope, key }) => `${scope} ${key}`));
  return { has: (scope, name) => cataloguedAs[scope].some((as) => keys.has(`${as} ${name}`)) };
}
