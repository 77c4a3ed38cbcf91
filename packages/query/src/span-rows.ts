/**
 * Rows of `spans` in full → spans with typed attributes.   before: run.ts   after: a face
 *
 * Never knows: which statement the rows came from, beyond its aliases (sql/trace.ts).
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

export type SpanRow = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly service: string;
  readonly name: string;
  readonly kind: KindName;
  readonly status: StatusName;
  readonly statusMessage: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly durationNs: number;
  readonly attributes: AttributeLists;
  readonly droppedAttributes: number;
  readonly eventList: readonly (readonly [string, string, AttributeLists, number])[];
  readonly droppedEvents: number;
  readonly linkList: readonly (readonly [string, string, string, number, AttributeLists, number])[];
  readonly droppedLinks: number;
  readonly resourceAttributes: AttributeLists;
  readonly resourceDropped: number;
  readonly resourceSchemaUrl: string;
  readonly scopeAttributes: AttributeLists;
  readonly scopeDropped: number;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeSchemaUrl: string;
  readonly marks: number;
  readonly arrivedMs: number;
  readonly listener: string;
};

/** Without the repeats that a client's retry leaves: rows that agree in id and start are one span; the first is kept. */
export function spansOf(rows: readonly SpanRow[]): Span[] {
  const seen = new Set<string>();
  const spans: Span[] = [];
  for (const row of rows) {
    const identity = `${row.spanId} ${row.startNs} ${row.durationNs} ${row.kind} ${row.name}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    spans.push(spanOf(row));
  }
  return spans;
}

function spanOf(row: SpanRow): Span {
  const {
    eventList,
    linkList,
    resourceAttributes,
    resourceDropped,
    resourceSchemaUrl,
    scopeAttributes,
    scopeDropped,
    scopeName,
    scopeVersion,
    scopeSchemaUrl,
    ...plain
  } = row;
  return {
    ...plain,
    attributes: attributesOf(row.attributes),
    events: eventList.map(eventOf),
    links: linkList.map(linkOf),
    resource: {
      attributes: attributesOf(resourceAttributes),
      droppedAttributes: resourceDropped,
      schemaUrl: resourceSchemaUrl,
    },
    scope: {
      name: scopeName,
      version: scopeVersion,
      attributes: attributesOf(scopeAttributes),
      droppedAttributes: scopeDropped,
      schemaUrl: scopeSchemaUrl,
    },
  };
}

function eventOf([
  timeNs,
  name,
  lists,
  droppedAttributes,
]: SpanRow['eventList'][number]): SpanEvent {
  return { timeNs, name, attributes: attributesOf(lists), droppedAttributes };
}

function linkOf(link: SpanRow['linkList'][number]): SpanLink {
  const [traceId, spanId, traceState, flags, lists, droppedAttributes] = link;
  const attributes = attributesOf(lists);
  return { traceId, spanId, traceState, flags, attributes, droppedAttributes };
}

/** In the order of their keys: the typed maps do not keep the order across types. */
function attributesOf([strings, ints, doubles, bools, others]: AttributeLists): Attribute[] {
  const all: Attribute[] = [
    ...strings.map(([key, value]): Attribute => ({ key, type: 'string', value })),
    ...ints.map(([key, value]): Attribute => ({ key, type: 'int', value })),
    ...doubles.map(
      ([key, value]): Attribute => ({ key, type: 'double', value: readDouble(value) }),
    ),
    ...bools.map(([key, value]): Attribute => ({ key, type: 'bool', value })),
    ...others.map(([key, value]) => otherOf(key, Buffer.from(value, 'base64'))),
  ];
  return all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
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
