/**
 * Finds the instrumentation packages that the application has installed, and makes them.
 * Never knows: what they instrument.
 */

import { existsSync, readdirSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { diag } from '@opentelemetry/api';
import { type Env, envList, envText } from '../env.ts';
import { httpChannels } from './http-channels.ts';
import { undiciChannels } from './undici-channels.ts';

/** What all instrumentations have, of the interface of @opentelemetry/instrumentation. */
export interface Instrumentation {
  readonly instrumentationName?: string;
  setTracerProvider?(provider: unknown): void;
  enable(): void;
  disable(): void;
}

/**
 * Those that are loud or make no spans: only when they are named. The stock set leaves out `fs` and
 * the metrics; `net` and `dns` say again what the client's span says.
 */
const ONLY_WHEN_NAMED = new Set(['dns', 'fs', 'host-metrics', 'net', 'runtime-node']);

const SCOPE = '@opentelemetry';
const PREFIX = 'instrumentation-';

/** Names after `instrumentation-`, in the folders that `require` in `from` would look at. */
export function installedInstrumentations(from: string, env: Env = process.env): string[] {
  const enabled = envList(env, 'OTEL_NODE_ENABLED_INSTRUMENTATIONS');
  const disabled = envList(env, 'OTEL_NODE_DISABLED_INSTRUMENTATIONS') ?? [];
  const folders = nodeModule.createRequire(join(from, 'x.js')).resolve.paths(SCOPE) ?? [];
  const names = folders
    .map((folder) => join(folder, SCOPE))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
  return [...new Set(names)].filter(
    (name) => (enabled?.includes(name) ?? !ONLY_WHEN_NAMED.has(name)) && !disabled.includes(name),
  );
}

/** The installed ones, less those that CLEW_HTTP=channels leaves to the SDK itself. */
export function wantedInstrumentations(from: string, env: Env = process.env): string[] {
  const isOwn = envText(env, 'CLEW_HTTP') === 'channels';
  return installedInstrumentations(from, env).filter(
    (name) => !(isOwn && (name === 'http' || name === 'undici')),
  );
}

/**
 * The SDK's own for `http` and `undici` (and `fetch`): for those of the two that are not in `stock`,
 * unless the variables leave them out.
 */
export function ownInstrumentations(
  stock: readonly string[],
  env: Env = process.env,
): Instrumentation[] {
  const enabled = envList(env, 'OTEL_NODE_ENABLED_INSTRUMENTATIONS');
  const disabled = envList(env, 'OTEL_NODE_DISABLED_INSTRUMENTATIONS') ?? [];
  const own = { http: httpChannels, undici: undiciChannels };
  return Object.entries(own)
    .filter(([name]) => !stock.includes(name) && !disabled.includes(name))
    .filter(([name]) => enabled?.includes(name) ?? true)
    .map(([, make]) => make());
}

/** One that cannot be loaded is reported and left out; the application runs without it. */
export function makeInstrumentations(names: readonly string[], from: string): Instrumentation[] {
  const require = nodeModule.createRequire(join(from, 'x.js'));
  return names.flatMap((name) => {
    try {
      const exported = require(`${SCOPE}/${PREFIX}${name}`) as Record<string, unknown>;
      return Object.entries(exported)
        .filter(([key, value]) => key.endsWith('Instrumentation') && typeof value === 'function')
        .map(([, Made]) => new (Made as new () => Instrumentation)());
    } catch (error) {
      diag.warn(`instrumentation "${name}" is installed but cannot be loaded`, error);
      return [];
    }
  });
}

/**
 * Lets instrumentations reach modules that are imported, not required. Worker threads share the hook
 * of the main thread. True when it is there.
 */
export function hookImports(from: string): boolean {
  try {
    const require = nodeModule.createRequire(join(from, 'x.js'));
    // Not imported above: most starts have nothing to hook, and it would cost each of them 1 ms.
    const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
    if (!isMainThread) return true;
    const hook = require.resolve(`${SCOPE}/instrumentation/hook.mjs`);
    nodeModule.register(pathToFileURL(hook));
    return true;
  } catch (error) {
    diag.info('imported modules are not instrumented, required ones are', error);
    return false;
  }
}
