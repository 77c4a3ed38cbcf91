/**
 * The tags of a Zipkin span sorted into what they are to OpenTelemetry: attributes of the span or of its resource,
 * and those that OpenTelemetry's Zipkin exporters make of fields that Zipkin does not have.
 *
 * Never knows: bytes.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 */

import { type JsonObject, type Path, tagText } from './zipkin-fields.ts';

/** Lists of pairs are flat: key, value, key, value. Used again for the next span. */
export interface SortedTags {
  readonly attributes: string[];
  readonly resource: string[];
  /** `otlp.link.0`, …, in the order of the tags. */
  readonly links: string[];
  readonly scope: { name: string; version: string };
  traceState: string;
  statusCode: string;
  statusDescription: string;
  /** The value of the tag `error`; its presence alone says that the span failed. */
  error: string | undefined;
  isInternal: boolean;
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
}

export function createSortedTags(): SortedTags {
  return {
    attributes: [],
    resource: [],
    links: [],
    scope: { name: '', version: '' },
    traceState: '',
    statusCode: '',
    statusDescription: '',
    error: undefined,
    isInternal: false,
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
  };
}

/** Fills `sorted`, whose earlier content is forgotten. */
export function sortTags(sorted: SortedTags, tags: JsonObject | undefined, path: Path): void {
  clear(sorted);
  for (const key in tags) {
    const value = tagText(tags[key], path, key);
    const take = special.get(key);
    if (take?.(sorted, value)) continue;
    if (key.startsWith('otlp.link.')) sorted.links.push(value);
    else if (isResourceKey(key)) sorted.resource.push(key, value);
    else sorted.attributes.push(key, value);
  }
}

function clear(sorted: SortedTags): void {
  sorted.attributes.length = 0;
  sorted.resource.length = 0;
  sorted.links.length = 0;
  sorted.scope.name = sorted.scope.version = '';
  sorted.traceState = sorted.statusCode = sorted.statusDescription = '';
  sorted.error = undefined;
  sorted.isInternal = false;
  sorted.droppedAttributes = sorted.droppedEvents = sorted.droppedLinks = 0;
}

/** Each returns whether the tag has become something else than an attribute. */
const special = new Map<string, (sorted: SortedTags, value: string) => boolean>([
  ['error', (sorted, value) => give(() => (sorted.error = value))],
  ['otel.status_code', takeCode],
  ['otel.status_description', (sorted, value) => give(() => (sorted.statusDescription = value))],
  ['w3c.tracestate', (sorted, value) => give(() => (sorted.traceState = value))],
  ['otel.scope.name', (sorted, value) => give(() => (sorted.scope.name = value))],
  ['otel.library.name', (sorted, value) => give(() => (sorted.scope.name ||= value))],
  ['otel.scope.version', (sorted, value) => give(() => (sorted.scope.version = value))],
  ['otel.library.version', (sorted, value) => give(() => (sorted.scope.version ||= value))],
  ['span.kind', takeKind],
  ['otel.dropped_attributes_count', (to, value) => takeCount(to, 'droppedAttributes', value)],
  ['otel.dropped_events_count', (to, value) => takeCount(to, 'droppedEvents', value)],
  ['otel.dropped_links_count', (to, value) => takeCount(to, 'droppedLinks', value)],
]);

function give(assign: () => unknown): true {
  assign();
  return true;
}

function takeCode(sorted: SortedTags, value: string): boolean {
  const code = value.toUpperCase().replace(/^STATUS_CODE_/, '');
  if (code !== 'OK' && code !== 'ERROR' && code !== 'UNSET') return false;
  sorted.statusCode = code;
  return true;
}

/** Zipkin's kinds have no word for it. */
function takeKind(sorted: SortedTags, value: string): boolean {
  if (value.toLowerCase() !== 'internal') return false;
  sorted.isInternal = true;
  return true;
}

type Dropped = 'droppedAttributes' | 'droppedEvents' | 'droppedLinks';

function takeCount(sorted: SortedTags, field: Dropped, value: string): boolean {
  if (!/^\d{1,9}$/.test(value)) return false;
  sorted[field] = Number(value);
  return true;
}

/** What OpenTelemetry's conventions say of resources, by first letter: exporters make tags of them too. */
const RESOURCE_KEYS: Readonly<Record<string, readonly string[]>> = {
  c: ['cloud.', 'container.'],
  d: ['deployment.', 'device.'],
  f: ['faas.name', 'faas.version', 'faas.instance', 'faas.max_memory'],
  h: ['host.'],
  k: ['k8s.'],
  o: ['os.'],
  p: ['process.'],
  s: ['service.'],
  t: ['telemetry.'],
  w: ['webengine.'],
};

function isResourceKey(key: string): boolean {
  const prefixes = RESOURCE_KEYS[key.charAt(0)];
  if (prefixes === undefined) return false;
  for (const prefix of prefixes) if (key.startsWith(prefix)) return true;
  return false;
}
