/**
 * Events of a Datadog span: its own field, the JSON in `meta.events`, and the error tags.
 *
 * A tracer uses the field when the agent says `span_events`, the tag otherwise. Error tags say one
 * exception, which OTLP tells as an event. Never knows: the rest of the span.
 */

import { anyValueOf, encodeAnyValue, type PlainValue, type Writer } from '@clew/wire';
import { integerOf, isTags, type Tags } from './datadog-values.ts';
import { parseJson } from './json-text.ts';

export interface DatadogEvent {
  readonly timeNs: bigint;
  readonly name: string;
  readonly attributes: { readonly [key: string]: PlainValue };
}

export interface DatadogEvents {
  readonly events: readonly DatadogEvent[];
  /** Whether `meta.events` was understood; otherwise it stays an attribute. */
  readonly isMetaRead: boolean;
}

/** Where a span may tell events. */
export interface EventSources {
  /** The value of `span_events`. */
  readonly field: unknown;
  /** `meta.events` */
  readonly events: string | undefined;
  readonly errorType: string | undefined;
  readonly errorMessage: string | undefined;
  readonly errorStack: string | undefined;
}

/** `endNs` is the time of the exception that the error tags tell, which have none. */
export function eventsOf(sources: EventSources, endNs: bigint): DatadogEvents {
  const { field, events: text } = sources;
  const own = Array.isArray(field) ? field.filter(isTags).map(fieldEvent) : [];
  const fromMeta = text === undefined ? undefined : metaEvents(text);
  const events = fromMeta === undefined ? own : [...own, ...fromMeta];
  const exception = exceptionOf(sources, endNs);
  if (exception !== undefined && !events.some((event) => tellsAll(event, exception))) {
    events.push(exception);
  }
  return { events, isMetaRead: fromMeta !== undefined };
}

export function writeEvents(writer: Writer, events: readonly DatadogEvent[]): void {
  for (const { timeNs, name, attributes } of events) {
    const mark = writer.begin(11);
    writer.fixed64(1, timeNs);
    if (name !== '') writer.string(2, name);
    writePairs(writer, 3, attributes);
    writer.end(mark);
  }
}

/** Attributes of an event or link as repeated fields `field`. */
export function writePairs(
  writer: Writer,
  field: number,
  attributes: { readonly [key: string]: PlainValue },
): void {
  for (const key of Object.keys(attributes)) {
    const mark = writer.begin(field);
    writer.string(1, key);
    const value = attributes[key] ?? null;
    if (typeof value === 'string' || typeof value === 'boolean') {
      const inner = writer.begin(2);
      if (typeof value === 'string') writer.string(1, value);
      else writer.bool(2, value);
      writer.end(inner);
    } else {
      writer.bytes(2, encodeAnyValue(anyValueOf(value)));
    }
    writer.end(mark);
  }
}

function fieldEvent(event: Tags): DatadogEvent {
  const attributes: Record<string, PlainValue> = Object.create(null);
  const found = isTags(event['attributes']) ? event['attributes'] : {};
  for (const key of Object.keys(found)) attributes[key] = typedValue(found[key], 0);
  return { timeNs: integerOf(event['time_unix_nano']), name: nameOf(event), attributes };
}

/** `type` tells which of the members counts. Arrays hold no arrays, so two levels are enough. */
function typedValue(value: unknown, depth: number): PlainValue {
  if (!isTags(value) || depth > 1) return null;
  switch (value['type']) {
    case 0:
      return plainOr(value['string_value'], 'string', '');
    case 1:
      return plainOr(value['bool_value'], 'boolean', false);
    case 2:
      return integerOf(value['int_value']);
    case 3:
      return plainOr(value['double_value'], 'number', 0);
    case 4: {
      const values = isTags(value['array_value']) ? value['array_value']['values'] : undefined;
      return Array.isArray(values) ? values.map((one) => typedValue(one, depth + 1)) : [];
    }
    default:
      return null;
  }
}

function plainOr(value: unknown, type: string, otherwise: PlainValue): PlainValue {
  return typeof value === type ? (value as PlainValue) : otherwise;
}

/** Undefined when the text is no array of events, as after the 25,000 characters where it is cut. */
function metaEvents(text: string): DatadogEvent[] | undefined {
  try {
    // Times need their last digits; attributes need to stay the numbers that they are.
    const exact = parseJson(text);
    const plain: unknown = JSON.parse(text);
    if (!Array.isArray(plain) || !Array.isArray(exact) || !plain.every(isTags)) return undefined;
    return plain.map((event, at) => ({
      timeNs: integerOf((exact[at] as Tags)['time_unix_nano']),
      name: nameOf(event),
      attributes: (isTags(event['attributes']) ? event['attributes'] : {}) as {
        [key: string]: PlainValue;
      },
    }));
  } catch {
    return undefined;
  }
}

function nameOf(event: Tags): string {
  return typeof event['name'] === 'string' ? event['name'] : '';
}

function exceptionOf(sources: EventSources, timeNs: bigint): DatadogEvent | undefined {
  const { errorType: type, errorMessage: message, errorStack: stack } = sources;
  if (message === undefined && stack === undefined) return undefined;
  return {
    timeNs,
    name: 'exception',
    attributes: {
      ...(type !== undefined && { 'exception.type': type }),
      ...(message !== undefined && { 'exception.message': message }),
      ...(stack !== undefined && { 'exception.stacktrace': stack }),
    },
  };
}

/** Tracers that record exceptions as events send error tags of the same exception beside them. */
function tellsAll({ name, attributes }: DatadogEvent, exception: DatadogEvent): boolean {
  return (
    name === 'exception' &&
    Object.entries(exception.attributes).every(([key, value]) => attributes[key] === value)
  );
}
