/**
 * Finds out what this process is: environment, host, process and service instance.
 * A detector that fails leaves its attributes out. Never knows: spans.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/resource/
 */

import { randomUUID } from 'node:crypto';
import { arch, hostname, type as osType, release } from 'node:os';
import { type Attributes, diag } from '@opentelemetry/api';
import { type Env, envList, envPairs, envText } from './env.ts';
import { Resource } from './resource.ts';
import { withTimeout } from './with-timeout.ts';

export const SDK_NAME = 'clew';
export const SDK_VERSION = '0.1.0';
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.37.0';

/** Random, and the same as long as the process lives. */
const instanceId = randomUUID();

const DETECTORS: Readonly<Record<string, () => Attributes>> = {
  host: () => ({ 'host.name': hostname(), 'host.arch': arch() }),
  os: () => ({ 'os.type': osType().toLowerCase(), 'os.version': release() }),
  process: () => ({
    'process.pid': process.pid,
    'process.executable.name': process.title,
    'process.executable.path': process.execPath,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    // Arguments may hold secrets, so only the script is told.
    ...(process.argv[1] === undefined ? {} : { 'process.command': process.argv[1] }),
  }),
  serviceinstance: () => ({ 'service.instance.id': instanceId }),
};

/**
 * The resource of this process. Later wins: defaults, detectors, OTEL_RESOURCE_ATTRIBUTES,
 * OTEL_SERVICE_NAME, then what the application gives. OTEL_NODE_RESOURCE_DETECTORS names detectors
 * (host, os, process, serviceinstance, env, all, none).
 */
export function detectResource(
  given: Attributes = {},
  env: Env = process.env,
  detectors: readonly ResourceDetector[] = [],
): Resource {
  const wanted = envList(env, 'OTEL_NODE_RESOURCE_DETECTORS') ?? ['all'];
  const isWanted = (name: string) => wanted.includes('all') || wanted.includes(name);
  const found = Object.entries(DETECTORS)
    .filter(([name]) => isWanted(name))
    .map(([name, detect]) => attempt(name, detect));
  return defaultResource()
    .merge(new Resource(Object.assign({}, ...found), found.length > 0 ? SCHEMA_URL : undefined))
    .merge(isWanted('env') ? envResource(env) : null)
    .merge(new Resource(given))
    .merge(detectors.length === 0 ? null : new Resource({}, undefined, detectLater(detectors)));
}

/**
 * A detector of one's own, or one of the stock packages (container, cloud, Kubernetes): its answer,
 * or each of its attributes, may be a promise. What it finds never overwrites what is known.
 */
export interface ResourceDetector {
  detect(): DetectedResource | Promise<DetectedResource>;
}

export interface DetectedResource {
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A detector that takes longer is left behind: spans must not wait for it. */
const DETECT_MS_MAX = 5000;

async function detectLater(detectors: readonly ResourceDetector[]): Promise<Attributes> {
  const found: Attributes = {};
  const one = async (detector: ResourceDetector) => {
    const { attributes = {} } = await detector.detect();
    await Promise.all(
      Object.entries(attributes).map(async ([key, value]) => {
        const known = (await value) as Attributes[string];
        if (known !== undefined && !(key in found)) found[key] = known;
      }),
    );
  };
  const all = detectors.map(async (detector) => {
    try {
      await one(detector);
    } catch (error) {
      diag.info('a resource detector found nothing', error);
    }
  });
  try {
    await withTimeout('resource detection', Promise.all(all), DETECT_MS_MAX);
  } catch (error) {
    diag.warn('resource: exported without what is not known yet', error);
  }
  return { ...found };
}

export function defaultResource(): Resource {
  return new Resource({
    'service.name': 'unknown_service:node',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': SDK_NAME,
    'telemetry.sdk.version': SDK_VERSION,
  });
}

function envResource(env: Env): Resource {
  const service = envText(env, 'OTEL_SERVICE_NAME');
  return new Resource({
    ...Object.fromEntries(envPairs(env, 'OTEL_RESOURCE_ATTRIBUTES')),
    ...(service === undefined ? {} : { 'service.name': service }),
  });
}

function attempt(name: string, detect: () => Attributes): Attributes {
  try {
    return detect();
  } catch (error) {
    diag.info(`resource detector ${name} found nothing`, error);
    return {};
  }
}
