/**
 * Which packages must stay what they are in a bundle, because an instrumentation patches them when they
 * are loaded. Never knows: bundlers.
 */

import { installedInstrumentations } from '../instrument/find.ts';

/** Packages by the name of their instrumentation, where the two differ. */
const PATCHES: Readonly<Record<string, readonly string[]>> = {
  'aws-sdk': ['aws-sdk', '@aws-sdk/middleware-stack', '@smithy/smithy-client'],
  dns: [],
  fs: [],
  grpc: ['@grpc/grpc-js'],
  hapi: ['@hapi/hapi'],
  'host-metrics': [],
  http: [],
  koa: ['koa', '@koa/router', 'koa-router'],
  'nestjs-core': ['@nestjs/core'],
  net: [],
  pg: ['pg', 'pg-pool'],
  redis: ['redis', '@redis/client', '@node-redis/client'],
  'runtime-node': [],
  undici: [],
};

export interface BundleOptions {
  /** More packages to leave out of the bundle. */
  readonly keep?: readonly string[];
  /** Whether the bundle starts the SDK itself; true when absent. */
  readonly register?: boolean;
}

export const REGISTER = '@clew/sdk/register';

/** The packages to keep, for the instrumentations that are installed in `from`. */
export function keptPackages({ keep = [] }: BundleOptions, from = process.cwd()): Set<string> {
  const patched = installedInstrumentations(from, {}).flatMap((name) => PATCHES[name] ?? [name]);
  return new Set([...patched, ...keep]);
}

/** The SDK, the API and the instrumentations: one copy of each, which the application has. */
export function isOurs(specifier: string): boolean {
  return /^@clew\/sdk(\/|$)/.test(specifier) || specifier.startsWith('@opentelemetry/');
}

/** The package of `express`, `pg/lib/x` or `@koa/router`; `undefined` of paths. */
export function packageOf(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./@][^/]*/.exec(specifier)?.[0];
}

/**
 * An expression that requires the package when it is evaluated, after the SDK has started: an import
 * would be loaded before that. It is found from the program's file, beside which it is installed.
 */
export function loadExpression(specifier: string): string {
  const from = `process.argv[1] || process.cwd() + '/'`;
  return `process.getBuiltinModule('node:module').createRequire(${from})(${JSON.stringify(specifier)})`;
}
