/**
 * Environment variables as the OpenTelemetry specification reads them: empty is unset, a value that
 * cannot be read is reported and ignored, booleans are true only for "true".
 * Never knows: which variables exist.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */

import { diag } from '@opentelemetry/api';

export type Env = Readonly<Record<string, string | undefined>>;

/** The trimmed value, or `undefined` when the variable is unset or empty. */
export function envText(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

export function envFlag(env: Env, name: string): boolean {
  return envText(env, name)?.toLowerCase() === 'true';
}

/** A number of `min … max`; anything else is reported and taken as unset. */
export function envNumber(
  env: Env,
  name: string,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const text = envText(env, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  diag.warn(`${name}: found "${text}", wanted a number of ${min} to ${max}; ignored`);
  return undefined;
}

/** The entries of a comma-separated list, without empty ones and repetitions. */
export function envList(env: Env, name: string): string[] | undefined {
  const text = envText(env, name);
  if (text === undefined) return undefined;
  const entries = text.split(',').map((entry) => entry.trim());
  return [...new Set(entries.filter((entry) => entry !== ''))];
}

/**
 * `key=value,key=value` with percent-encoded values. One bad pair discards all of it, as the
 * specification asks for OTEL_RESOURCE_ATTRIBUTES.
 */
export function envPairs(env: Env, name: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const entry of (envText(env, name) ?? '').split(',')) {
    if (entry.trim() === '') continue;
    const at = entry.indexOf('=');
    const key = entry.slice(0, at).trim();
    try {
      if (at < 1 || key === '') throw new Error('a pair without key or "="');
      pairs.push([decodeURIComponent(key), decodeURIComponent(entry.slice(at + 1).trim())]);
    } catch (error) {
      diag.warn(`${name}: found "${entry}", wanted key=value, percent-encoded; all ignored`, error);
      return [];
    }
  }
  return pairs;
}
