/**
 * OTLP/JSON that somebody has in a file → spans as the store gives them. They are shown, not kept.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 *
 * Never knows: HTTP, Jaeger's form.
 */
import type { Attribute, Resource, Scope, Span } from '@clew/query';
import { type AnyValue, createReader, encodeAnyValue } from '@clew/wire';
import * as v from 'valibot';
import { BadAsk } from '../ask/parameters.ts';
import { names } from '../native/answers.ts';

/** Nested deeper, a value is not OTLP that a program made. */
const valueDepthMax = 32;

const text = v.optional(v.string(), '');
const count = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0);
const digits = v.pipe(v.union([v.string(), v.number()]), v.transform(String), v.digits());
const timeNs = v.optional(digits, '0');
const hexId = (bytes: number) =>
  v.pipe(v.string(), v.hexadecimal(), v.length(bytes * 2), v.toLowerCase());
const [traceId, spanId] = [hexId(16), hexId(8)];

/** OTLP/JSON has numbers; some writers put the names that protobuf's own JSON has. */
function named<Name extends string>(all: readonly Name[], prefix: string) {
  const byName = (written: string) =>
    all.findIndex((name) => `${prefix}${name.toUpperCase()}` === written);
  return v.pipe(
    v.optional(v.union([v.number(), v.string()]), 0),
    v.transform(
      (written) => all[typeof written === 'string' ? byName(written) : written] ?? all[0]!,
    ),
  );
}

const value = v.pipe(
  v.optional(v.unknown(), {}),
  v.transform((json) => anyValue(json, 1)),
);
const attributes = v.pipe(
  v.optional(v.array(v.object({ key: v.string(), value })), []),
  v.transform((all) => all.map(({ key, value }) => attributeOf(key, value))),
);
const own = { attributes, droppedAttributesCount: count };

const resourceSchema = v.optional(v.object(own), {});
const scopeSchema = v.optional(v.object({ ...own, name: text, version: text }), {});
const spanSchema = v.object({
  ...own,
  traceId,
  spanId,
  parentSpanId: v.optional(v.union([v.literal(''), spanId]), ''),
  traceState: text,
  flags: count,
  name: text,
  kind: named(names.kind, 'SPAN_KIND_'),
  startTimeUnixNano: timeNs,
  endTimeUnixNano: timeNs,
  events: v.optional(v.array(v.object({ ...own, timeUnixNano: timeNs, name: text })), []),
  links: v.optional(
    v.array(v.object({ ...own, traceId, spanId, traceState: text, flags: count })),
    [],
  ),
  droppedEventsCount: count,
  droppedLinksCount: count,
  status: v.optional(v.object({ message: text, code: named(names.status, 'STATUS_CODE_') }), {}),
});
const fileSchema = v.object({
  resourceSpans: v.optional(
    v.array(
      v.object({
        resource: resourceSchema,
        scopeSpans: v.optional(
          v.array(v.object({ scope: scopeSchema, spans: v.optional(v.array(v.unknown()), []) })),
          [],
        ),
      }),
    ),
    [],
  ),
});

/** In the order of the file, one by one, for there may be many. @throws BadAsk naming the member that is wrong */
export function* uploadedSpans(body: unknown): Generator<Span> {
  const file = read(fileSchema, jsonOf(body));
  for (const { resource, scopeSpans } of file.resourceSpans) {
    const from: Resource = { ...originOf(resource), schemaUrl: '' };
    for (const { scope, spans } of scopeSpans) {
      const { name, version } = scope;
      const by: Scope = { name, version, ...originOf(scope), schemaUrl: '' };
      for (const span of spans) yield spanOf(read(spanSchema, span), from, by);
    }
  }
}

/** A page sends text without saying that it is JSON. */
function jsonOf(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch (error) {
    throw cannotRead((error as Error).message);
  }
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
): v.InferOutput<Schema> {
  const found = v.safeParse(schema, json, { abortEarly: true });
  if (found.success) return found.output;
  const [issue] = found.issues;
  throw cannotRead(`${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`);
}

function cannotRead(reason: string): BadAsk {
  return new BadAsk(`cannot unmarshal OTLP: ${reason}`);
}

type Own = { readonly attributes: readonly Attribute[]; readonly droppedAttributesCount: number };

function originOf({ attributes, droppedAttributesCount }: Own) {
  return { attributes, droppedAttributes: droppedAttributesCount };
}

function spanOf(of: v.InferOutput<typeof spanSchema>, resource: Resource, scope: Scope): Span {
  const { traceId, spanId, parentSpanId, traceState, flags, name, kind, status } = of;
  const [startNs, endNs] = [of.startTimeUnixNano, of.endTimeUnixNano];
  const service = resource.attributes.find(({ key }) => key === 'service.name')?.value;
  return {
    ...{ traceId, spanId, parentSpanId, traceState, flags, name, kind, resource, scope },
    service: typeof service === 'string' ? service : '',
    status: status.code,
    statusMessage: status.message,
    startNs,
    endNs,
    durationNs: Math.max(0, Number(BigInt(endNs) - BigInt(startNs))),
    ...originOf(of),
    events: of.events.map((event) => ({
      timeNs: event.timeUnixNano,
      name: event.name,
      ...originOf(event),
    })),
    droppedEvents: of.droppedEventsCount,
    links: of.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      traceState: link.traceState,
      flags: link.flags,
      ...originOf(link),
    })),
    droppedLinks: of.droppedLinksCount,
    // Nothing was corrected on its way in, for it did not come in.
    marks: 0,
    arrivedMs: 0,
    listener: '',
  };
}

// ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const valueSchema = v.object({
  stringValue: v.optional(v.string()),
  boolValue: v.optional(v.boolean()),
  intValue: v.optional(
    v.union([v.pipe(v.string(), v.regex(/^-?\d{1,19}$/)), v.pipe(v.number(), v.integer())]),
  ),
  doubleValue: v.optional(v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])])),
  arrayValue: v.optional(v.object({ values: v.optional(v.array(v.unknown()), []) })),
  kvlistValue: v.optional(
    v.object({
      values: v.optional(v.array(v.object({ key: v.string(), value: v.unknown() })), []),
    }),
  ),
  bytesValue: v.optional(v.string()),
});

function anyValue(json: unknown, depth: number): AnyValue {
  if (depth > valueDepthMax) throw cannotRead(`values in more than ${valueDepthMax} levels`);
  const of = read(valueSchema, json);
  if (of.stringValue !== undefined) return { type: 'string', value: of.stringValue };
  if (of.boolValue !== undefined) return { type: 'bool', value: of.boolValue };
  if (of.intValue !== undefined) return { type: 'int', value: BigInt(of.intValue) };
  if (of.doubleValue !== undefined) return { type: 'double', value: Number(of.doubleValue) };
  if (of.bytesValue !== undefined) {
    return { type: 'bytes', value: Buffer.from(of.bytesValue, 'base64') };
  }
  if (of.arrayValue !== undefined) {
    return { type: 'array', value: of.arrayValue.values.map((item) => anyValue(item, depth + 1)) };
  }
  if (of.kvlistValue === undefined) return { type: 'empty' };
  const members = of.kvlistValue.values.map(({ key, value }) => ({
    key,
    value: anyValue(value, depth + 1),
  }));
  return { type: 'kvlist', value: members };
}

/** Lists are kept as the store keeps them, as protobuf. */
function attributeOf(key: string, of: AnyValue): Attribute {
  switch (of.type) {
    case 'int':
      return { key, type: 'int', value: String(of.value) };
    case 'array':
    case 'kvlist':
      return { key, type: of.type, value: membersOf(of) };
    case 'empty':
      return { key, type: 'empty', value: null };
    default:
      return { key, ...of };
  }
}

function membersOf(value: AnyValue): Uint8Array {
  const reader = createReader(encodeAnyValue(value));
  reader.next();
  return reader.bytes();
}
