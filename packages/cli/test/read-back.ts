/**
 * A trace as the server gives it back, in a form that tests can speak about: spans by name, attributes as objects.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TracesJson } from './otlp-json.ts';
import { eventually } from './rig.ts';

export type Plain = string | number | boolean | Plain[] | { [key: string]: Plain };
export type Attributes = Record<string, Plain>;

export interface ReadSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly events: { readonly name: string; readonly attributes: Attributes }[];
  readonly links: {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: Attributes;
  }[];
  readonly resource: Attributes;
  readonly scope: { readonly name?: string; readonly version?: string };
}

/** Asks until the trace has `spans` spans; resolves with them by name. */
export async function readTrace(
  ui: string,
  traceId: string,
  spans: number,
): Promise<Record<string, ReadSpan>> {
  const found = await readSpans(ui, traceId, spans);
  return Object.fromEntries(found.map((span) => [span.name, span]));
}

/** The same where names repeat: all of them, in no order. */
export function readSpans(ui: string, traceId: string, spans: number): Promise<ReadSpan[]> {
  return eventually(
    async () => {
      const response = await fetch(`${ui}/api/v1/traces/${traceId}`);
      return response.ok ? spansOf((await response.json()) as TracesJson) : [];
    },
    (read) => read.length === spans,
  );
}

/** Runs a traced application (`packages/collector/test/programs`) and reads the JSON that it prints. */
export async function runApplication<T>(name: string, args: string[]): Promise<T> {
  const path = fileURLToPath(new URL(`../../collector/test/programs/${name}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], {
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as T;
}

// biome-ignore lint/suspicious/noExplicitAny: any JSON, looked at by name
type Json = any;

function spansOf(traces: TracesJson): ReadSpan[] {
  return (traces.resourceSpans ?? []).flatMap((one) =>
    (one.scopeSpans ?? []).flatMap((scoped) =>
      (scoped.spans ?? []).map((span: Json) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        kind: span.kind ?? 0,
        status: span.status ?? {},
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
        attributes: attributesOf(span.attributes),
        events: (span.events ?? []).map((event: Json) => ({
          name: event.name,
          attributes: attributesOf(event.attributes),
        })),
        links: (span.links ?? []).map((link: Json) => ({
          traceId: link.traceId,
          spanId: link.spanId,
          attributes: attributesOf(link.attributes),
        })),
        resource: attributesOf((one.resource as Json)?.attributes),
        scope: scoped.scope ?? {},
      })),
    ),
  );
}

function attributesOf(list: Json[] = []): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, plainOf(value)]));
}

function plainOf(value: Json): Plain {
  if ('intValue' in value) return Number(value.intValue);
  if ('arrayValue' in value) return (value.arrayValue.values ?? []).map(plainOf);
  if ('kvlistValue' in value) return attributesOf(value.kvlistValue.values);
  return Object.values(value)[0] as Plain;
}
