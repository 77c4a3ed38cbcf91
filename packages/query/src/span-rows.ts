/**
 * Columns of `spans` in full → spans with typed attributes.   before: run.ts   after: a face
 *
 * Never knows: which statement the columns came from, beyond its aliases (sql/trace.ts).
 */
import type { KindName, StatusName } from '@clew/traceql';
import type { Attribute, Span, SpanEvent, SpanLink } from './results.ts';

type Pair<Value> = readonly [key: string, value: Value];

/** Strings, ints and doubles as text, bools, and the rest as base64 with its type in front. */
type AttributeLists = readonly [
  strings: readonly Pair<string>[],
  ints: readonly Pair<string>[],
  doubles: readonly Pair<string>[],
  bools: readonly Pair<boolean>[],
  others: readonly Pair<string>[],
];

/** Spans as columns: cell `n` of each is of span `n`. */
export type SpanCells = {
  readonly spanId: readonly string[];
  readonly parentSpanId: readonly string[];
  readonly traceState: readonly string[];
  readonly flags: readonly number[];
  readonly service: readonly string[];
  readonly name: readonly string[];
  readonly kind: readonly KindName[];
  readonly status: readonly StatusName[];
  readonly statusMessage: readonly string[];
  readonly startNs: readonly string[];
  readonly endNs: readonly string[];
  readonly durationNs: readonly number[];
  readonly attributes: readonly AttributeLists[];
  readonly droppedAttributes: readonly number[];
  readonly eventList: readonly (readonly EventCell[])[];
  readonly droppedEvents: readonly number[];
  readonly linkList: readonly (readonly LinkCell[])[];
  readonly droppedLinks: readonly number[];
  /** Names the resource and scope of the span among the origins. */
  readonly origin: readonly string[];
  readonly marks: readonly number[];
  readonly arrivedMs: readonly number[];
  readonly listener: readonly string[];
};

type EventCell = readonly [timeNs: string, name: string, AttributeLists, dropped: number];

type LinkCell = readonly [
  traceId: string,
  spanId: string,
  traceState: string,
  flags: number,
  AttributeLists,
  dropped: number,
];

/** A resource and a scope within it, from which many spans come. */
export type OriginRow = {
  readonly origin: string;
  readonly resource: readonly [AttributeLists, dropped: number, schemaUrl: string];
  readonly scope: readonly [
    name: string,
    version: string,
    AttributeLists,
    dropped: number,
    schemaUrl: string,
  ];
};

/**
 * The first `count` spans without the repeats that a client's retry leaves: spans that agree in id, start, duration, kind
 * and name are one, and the first is kept. Spans of one origin share its resource and scope objects.
 */
export function spansOf(
  traceId: string,
  cells: SpanCells,
  origins: readonly OriginRow[],
  count = cells.spanId.length,
): Span[] {
  const originOf = new Map(origins.map((row) => [row.origin, readOrigin(row)]));
  const seen = new Set<string>();
  const spans: Span[] = [];
  for (let row = 0; row < Math.min(count, cells.spanId.length); row++) {
    const { spanId, startNs, durationNs, kind, name } = cells;
    const identity = `${spanId[row]} ${startNs[row]} ${durationNs[row]} ${kind[row]} ${name[row]}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    spans.push({ traceId, ...spanAt(cells, row), ...originOf.get(cells.origin[row]!)! });
  }
  return spans;
}

type Origin = Pick<Span, 'resource' | 'scope'>;

function readOrigin(row: OriginRow): Origin {
  const [attributes, droppedAttributes, schemaUrl] = row.resource;
  const [name, version, scopeAttributes, scopeDropped, scopeSchemaUrl] = row.scope;
  return {
    resource: { attributes: attributesOf(attributes), droppedAttributes, schemaUrl },
    scope: {
      name,
      version,
      attributes: attributesOf(scopeAttributes),
      droppedAttributes: scopeDropped,
      schemaUrl: scopeSchemaUrl,
    },
  };
}

function spanAt(cells: SpanCells, row: number): Omit<Span, 'traceId' | keyof Origin> {
  return {
    spanId: cells.spanId[row]!,
    parentSpanId: cells.parentSpanId[row]!,
    traceState: cells.traceState[row]!,
    flags: cells.flags[row]!,
    service: cells.service[row]!,
    name: cells.name[row]!,
    kind: cells.kind[row]!,
    status: cells.status[row]!,
    statusMessage: cells.statusMessage[row]!,
    startNs: cells.startNs[row]!,
    endNs: cells.endNs[row]!,
    durationNs: cells.durationNs[row]!,
    attributes: attributesOf(cells.attributes[row]!),
    droppedAttributes: cells.droppedAttributes[row]!,
    events: cells.eventList[row]!.map(eventOf),
    droppedEvents: cells.droppedEvents[row]!,
    links: cells.linkList[row]!.map(linkOf),
    droppedLinks: cells.droppedLinks[row]!,
    marks: cells.marks[row]!,
    arrivedMs: cells.arrivedMs[row]!,
    listener: cells.listener[row]!,
  };
}

function eventOf([timeNs, name, lists, droppedAttributes]: EventCell): SpanEvent {
  return { timeNs, name, attributes: attributesOf(lists), droppedAttributes };
}

function linkOf(link: LinkCell): SpanLink {
  const [traceId, spanId, traceState, flags, lists, droppedAttributes] = link;
  const attributes = attributesOf(lists);
  return { traceId, spanId, traceState, flags, attributes, droppedAttributes };
}

/** In the order of their keys: the typed maps do not keep the order across types. */
function attributesOf([strings, ints, doubles, bools, others]: AttributeLists): Attribute[] {
  const all: Attribute[] = [];
  for (const [key, value] of strings) all.push({ key, type: 'string', value });
  for (const [key, value] of ints) all.push({ key, type: 'int', value });
  for (const [key, value] of doubles) all.push({ key, type: 'double', value: readDouble(value) });
  for (const [key, value] of bools) all.push({ key, type: 'bool', value });
  for (const [key, value] of others) all.push(otherOf(key, Buffer.from(value, 'base64')));
  return all.length < 2 ? all : all.sort(byKey);
}

function byKey(one: Attribute, other: Attribute): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

function readDouble(text: string): number {
  return words[text] ?? Number(text);
}

const otherTypes = { a: 'array', k: 'kvlist', y: 'bytes' } as const;

/** The first letter says the type; 'no' is an attribute without a value. */
function otherOf(key: string, bytes: Uint8Array): Attribute {
  const letter = String.fromCharCode(bytes[0] ?? 0);
  return letter in otherTypes
    ? { key, type: otherTypes[letter as keyof typeof otherTypes], value: bytes.subarray(1) }
    : { key, type: 'empty', value: null };
}
