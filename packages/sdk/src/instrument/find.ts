/**
 * Finds the instrumentation packages that the application has installed, and makes them.
 * Never knows: what they instrument.
 */

import { existsSync, readdirSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { diag } from '@opentelemetry/api';
import { type Env, envList } from '../env.ts';

/** What all instrumentations have, of the interface of @opentelemetry/instrumentation. */
export interface Instrumentation {
  readonly instrumentationName?: string;
  setTracerProvider?(provider: unknown): void;
  enable(): void;
  disable(): void;
}

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
    (name) => (enabled?.includes(name) ?? true) && !disabled.includes(name),
  );
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

/** Lets instrumentations reach modules that are imported, not required. True when it could. */
export function hookImports(from: string): boolean {
  try {
    const require = nodeModule.createRequire(join(from, 'x.js'));
    const hook = require.resolve(`${SCOPE}/instrumentation/hook.mjs`);
    nodeModule.register(pathToFileURL(hook));
    return true;
  } catch (error) {
    diag.info('imported modules are not instrumented, required ones are', error);
    return false;
  }
}
