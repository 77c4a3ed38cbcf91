/**
 * What mending should do, said once more over plain objects: decode, normalise, encode.
 *
 * It is slow and simple, and shares nothing with mend.ts but the decoder. It does not know of lists
 * that are too long, which have tests of their own. Never knows: bytes.
 */

import { encodeAnyValue } from '../src/encode.ts';
import type { WalkLimits } from '../src/limits.ts';
import { type Mark, marks } from '../src/marks.ts';
import { textToBytes } from '../src/text.ts';
import type {
  AnyValue,
  KeyValue,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanLink,
  TracesData,
} from '../src/traces-data.ts';

const NS_PER_MS = 1_000_000n;

/** The traces as mending leaves them. Marks that only the bytes tell of are not set. */
export function modelMend(traces: TracesData, limits: WalkLimits, nowMs: number): TracesData {
  const model = new Model(limits, nowMs);
  return {
    resourceSpans: traces.resourceSpans.map((group) => {
      const resource = model.origin(() => model.resource(group.resource));
      const schemaUrl = model.text(group.schemaUrl, limits.nameBytes, 'name_cut');
      return {
        resource: resource.mended,
        schemaUrl,
        scopeSpans: group.scopeSpans.map((inner) => {
          const scope = model.origin(() => model.scope(inner.scope));
          const origin = resource.marks | scope.marks;
          return {
            scope: scope.mended,
            schemaUrl: inner.schemaUrl,
            spans: inner.spans.flatMap((span) => model.span(span, origin)),
          };
        }),
      };
    }),
  };
}

class Model {
  readonly limits: WalkLimits;
  readonly nowMs: number;
  bits = 0;

  constructor(limits: WalkLimits, nowMs: number) {
    this.limits = limits;
    this.nowMs = nowMs;
  }

  origin<T>(mend: () => T): { mended: T; marks: number } {
    this.bits = 0;
    const mended = mend();
    return { mended, marks: this.bits === 0 ? 0 : marks.origin_mended };
  }

  resource(resource: Resource): Resource {
    return this.counted(resource, this.limits.attributesPerResource);
  }

  scope(scope: Scope): Scope {
    return {
      ...this.counted(scope, this.limits.attributesPerResource),
      name: this.text(scope.name, this.limits.nameBytes, 'name_cut'),
      version: this.text(scope.version, this.limits.nameBytes, 'name_cut'),
    };
  }

  span(span: Span, origin: number): Span[] {
    if (!isId(span.traceId, 16) || !isId(span.spanId, 8)) return [];
    if (span.parentSpanId.length !== 0 && span.parentSpanId.length !== 8) return [];
    this.bits = origin;
    const { originals, ...times } = this.times(span.startTimeUnixNano, span.endTimeUnixNano);
    const counted = this.counted(span, this.limits.attributesPerSpan - originals.length);
    const links = span.links.filter(
      ({ traceId, spanId }) => [0, 16].includes(traceId.length) && [0, 8].includes(spanId.length),
    );
    const events = span.events.slice(0, this.limits.eventsPerSpan);
    const kept = links.slice(0, this.limits.linksPerSpan);
    if (events.length < span.events.length) this.mark('events_cut');
    if (kept.length < span.links.length) this.mark('links_cut');
    return [
      {
        ...span,
        ...times,
        traceState: this.text(span.traceState, this.limits.valueBytes, 'name_cut'),
        name: this.text(span.name, this.limits.nameBytes, 'name_cut'),
        kind: this.enumeration(span.kind, 5),
        attributes: [...counted.attributes, ...originals],
        droppedAttributesCount: counted.droppedAttributesCount,
        events: events.map((event) => this.event(event)),
        droppedEventsCount: raised(span.droppedEventsCount, span.events.length - events.length),
        links: kept.map((link) => this.link(link)),
        droppedLinksCount: raised(span.droppedLinksCount, span.links.length - kept.length),
        status: {
          message: this.text(span.status.message, this.limits.valueBytes, 'name_cut'),
          code: this.enumeration(span.status.code, 2),
        },
        marks: this.bits,
      },
    ];
  }

  event(event: SpanEvent): SpanEvent {
    return {
      ...this.counted(event, this.limits.attributesPerSpan),
      name: this.text(event.name, this.limits.nameBytes, 'name_cut'),
    };
  }

  link(link: SpanLink): SpanLink {
    return {
      ...this.counted(link, this.limits.attributesPerSpan),
      traceState: this.text(link.traceState, this.limits.valueBytes, 'name_cut'),
    };
  }

  times(
    start: bigint,
    end: bigint,
  ): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> & {
    originals: KeyValue[];
  } {
    const earliest = BigInt(this.nowMs - this.limits.pastMs) * NS_PER_MS;
    const latest = BigInt(this.nowMs + this.limits.futureMs) * NS_PER_MS;
    const longest = BigInt(this.limits.durationMs) * NS_PER_MS;
    let from = start;
    let to = end;
    if (start === 0n) {
      from = end >= earliest && end <= latest ? end : BigInt(this.nowMs) * NS_PER_MS;
      to = from;
      this.mark('time_moved');
    } else {
      if (end < start) {
        this.mark('end_before_start');
        to = start;
      } else if (end - start > longest) {
        this.mark('duration_cut');
        to = start + longest;
      }
      if (start < earliest || start > latest) {
        this.mark('time_moved');
        from = start < earliest ? earliest : latest;
        to += from - start;
      }
    }
    const cutEnd = start === 0n ? end !== from : to - from !== end - start;
    const originals = [
      ...(from === start ? [] : [int('clew.original_start_time_unix_nano', start)]),
      ...(cutEnd ? [int('clew.original_end_time_unix_nano', end)] : []),
    ];
    return { startTimeUnixNano: from, endTimeUnixNano: to, originals };
  }

  counted<T extends { attributes: readonly KeyValue[]; droppedAttributesCount: number }>(
    message: T,
    most: number,
  ): T {
    const attributes = message.attributes.slice(0, most).map((pair) => this.pair(pair, 1));
    const over = message.attributes.length - attributes.length;
    if (over > 0) this.mark('attributes_cut');
    return {
      ...message,
      attributes,
      droppedAttributesCount: raised(message.droppedAttributesCount, over),
    };
  }

  pair({ key, value }: KeyValue, depth: number): KeyValue {
    return {
      key: this.text(key, this.limits.keyBytes, 'key_cut'),
      value: this.value(value, depth),
    };
  }

  value(value: AnyValue, depth: number): AnyValue {
    const { valueBytes, valueDepth } = this.limits;
    const isList = value.type === 'array' || value.type === 'kvlist';
    if (isList && depth >= valueDepth) {
      this.mark('value_flattened');
      return { type: 'bytes', value: encodeAnyValue(value) };
    }
    switch (value.type) {
      case 'string':
        return { type: 'string', value: this.text(value.value, valueBytes, 'value_cut') };
      case 'array':
        return { type: 'array', value: value.value.map((one) => this.value(one, depth + 1)) };
      case 'kvlist':
        return { type: 'kvlist', value: value.value.map((one) => this.pair(one, depth + 1)) };
      default:
        return value;
    }
  }

  text(text: string, bytesMax: number, mark: Mark): string {
    let cut = text;
    for (let chars = [...text]; textToBytes(cut).length > bytesMax; cut = chars.join('')) {
      this.mark(mark);
      chars = chars.slice(0, -1);
    }
    return cut;
  }

  enumeration(value: number, most: number): number {
    const isKnown = value >= 0 && value <= most;
    if (!isKnown) this.mark('unknown_enum');
    return isKnown ? value : 0;
  }

  mark(mark: Mark): void {
    this.bits |= marks[mark];
  }
}

function isId(id: Uint8Array, size: number): boolean {
  return id.length === size && id.some((byte) => byte !== 0);
}

function raised(count: number, more: number): number {
  return Math.min(count + more, 0xffffffff);
}

function int(key: string, value: bigint): KeyValue {
  return { key, value: { type: 'int', value: BigInt.asIntN(64, value) } };
}
