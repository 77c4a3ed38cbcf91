/**
 * The annotations of a Zipkin span of the first version: those of two letters that say who sent and received when,
 * and the rest, which stay annotations.
 *
 * Never knows: what times and kinds follow from them beside the obvious.
 */

import { countOf, type JsonObject, listOf, objectOf, type Path, textOf } from './zipkin-fields.ts';
import type { Halves } from './zipkin-v1.ts';

export interface CoreEvent {
  readonly timestamp: number;
  readonly value: string;
  readonly endpoint: JsonObject;
}

/** Client sent and received, server received and sent, message sent and received, wire sent and received. */
const CORE = ['cs', 'cr', 'sr', 'ss', 'ms', 'mr', 'ws', 'wr'] as const;
type CoreName = (typeof CORE)[number];

export type Core = Readonly<Partial<Record<CoreName, CoreEvent>>>;

const KINDS: Partial<Record<CoreName, string>> = {
  cs: 'CLIENT',
  cr: 'CLIENT',
  sr: 'SERVER',
  ss: 'SERVER',
  ms: 'PRODUCER',
  mr: 'CONSUMER',
};

/** Gives every half its kind and its annotations, and returns the core ones. Without an endpoint none is core. */
export function readAnnotations(source: JsonObject, path: Path, halves: Halves): Core {
  const core: Partial<Record<CoreName, CoreEvent>> = {};
  const list = listOf(source['annotations'], path, 'annotations');
  for (let i = 0; i < list.length; i += 1) {
    const name = `annotations[${i}]`;
    const there = () => `${path()}.${name}`;
    const each = objectOf(list[i], path, name);
    if (each === undefined) continue;
    const timestamp = countOf(each['timestamp'], there, 'timestamp') ?? 0;
    const value = textOf(each['value'], there, 'value');
    const endpoint = objectOf(each['endpoint'], there, 'endpoint');
    const half = halves.of(endpoint);
    const coreName = CORE.find((one) => one === value);
    if (coreName === undefined || endpoint === undefined) {
      half.annotations.push({ timestamp, value });
      continue;
    }
    core[coreName] = { timestamp, value, endpoint };
    const kind = KINDS[coreName];
    if (kind !== undefined) half.kind = kind;
  }
  return core;
}
