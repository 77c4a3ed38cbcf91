/**
 * Noted spans → Zipkin's JSON, for servers that take nothing else.
 *
 * Times are microseconds. Never knows: who reads it.
 */
import type { AnyValue } from '@clew/wire';
import { kinds, type NotedSpan } from './notation.ts';
import { spanIdOf, traceIdOf } from './notation-otlp.ts';

export type ZipkinSpan = Readonly<Record<string, unknown>>;

/** What Zipkin cannot say (links, resources, scopes) is left out. */
export function zipkinSpansOf(spans: readonly NotedSpan[], baseNs: bigint): ZipkinSpan[] {
  return spans.map((span) => spanOf(span, baseNs));
}

function spanOf(span: NotedSpan, baseNs: bigint): ZipkinSpan {
  const us = (ns: bigint) => Number((baseNs + ns) / 1000n);
  const kind = kinds[span.kind]!.toUpperCase();
  const isKind = !['UNSPECIFIED', 'INTERNAL'].includes(kind);
  const { code, message } = span.status;
  const tags = {
    ...Object.fromEntries(span.attributes.map(({ key, value }) => [key, textOf(value)])),
    ...(code === 2 ? { error: message || 'true' } : {}),
  };
  return {
    traceId: traceIdOf(span.label),
    id: spanIdOf(span.number),
    ...(span.parent === 0 ? {} : { parentId: spanIdOf(span.parent) }),
    ...(isKind ? { kind } : {}),
    name: span.name,
    timestamp: us(span.startNs),
    duration: Math.max(1, Number(span.durationNs / 1000n)),
    localEndpoint: { serviceName: span.service },
    annotations: span.events.map(({ startNs, name }) => ({ timestamp: us(startNs), value: name })),
    tags,
  };
}

function textOf(value: AnyValue): string {
  if (value.type === 'string' || value.type === 'bool') return String(value.value);
  if (value.type === 'int' || value.type === 'double') return String(value.value);
  throw new Error(`a tag of Zipkin is a text, found ${value.type}`);
}
