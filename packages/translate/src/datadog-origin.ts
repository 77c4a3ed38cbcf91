/**
 * Who sent a Datadog span, as an OTLP resource.
 *
 * Half of it stands in the request's headers, half in tags of spans. Never knows: spans.
 */

import type { Writer } from '@clew/wire';
import { languages } from './datadog-fields.ts';

/** What a request says about its tracer: `Datadog-Meta-…` headers, or the message around 0.7. */
export interface DatadogTracer {
  readonly language: string;
  readonly languageVersion: string;
  readonly interpreter: string;
  readonly version: string;
  readonly containerId: string;
  readonly environment?: string;
  readonly serviceVersion?: string;
  readonly instanceId?: string;
  readonly hostName?: string;
}

/** What may differ between the spans of a request. */
export interface Origin {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly instanceId: string;
  readonly hostName: string;
  readonly language: string;
  /** 0: not told. */
  readonly processId: number;
}

export function sameOrigin(a: Origin, b: Origin): boolean {
  return (
    a.service === b.service &&
    a.environment === b.environment &&
    a.version === b.version &&
    a.instanceId === b.instanceId &&
    a.hostName === b.hostName &&
    a.language === b.language &&
    a.processId === b.processId
  );
}

/** `header` by a name in lower case. */
export function datadogTracer(header: (name: string) => string | undefined): DatadogTracer {
  return {
    language: header('datadog-meta-lang') ?? '',
    languageVersion: header('datadog-meta-lang-version') ?? '',
    interpreter: header('datadog-meta-lang-interpreter') ?? '',
    version: header('datadog-meta-tracer-version') ?? '',
    containerId: header('datadog-container-id') ?? '',
  };
}

/** The field `resource` of a ResourceSpans. */
export function writeOrigin(writer: Writer, origin: Origin, tracer: DatadogTracer): void {
  const language = tracer.language || origin.language;
  const mark = writer.begin(1);
  writeAttribute(writer, 'service.name', origin.service);
  writeAttribute(writer, 'service.version', origin.version);
  writeAttribute(writer, 'service.instance.id', origin.instanceId);
  writeAttribute(writer, 'deployment.environment.name', origin.environment);
  writeAttribute(writer, 'host.name', origin.hostName);
  writeAttribute(writer, 'container.id', tracer.containerId);
  writeAttribute(writer, 'process.runtime.name', tracer.interpreter);
  writeAttribute(writer, 'process.runtime.version', tracer.languageVersion);
  writeAttribute(writer, 'telemetry.sdk.name', 'Datadog');
  writeAttribute(writer, 'telemetry.sdk.language', languages.get(language) ?? language);
  writeAttribute(writer, 'telemetry.sdk.version', tracer.version);
  if (origin.processId > 0) writeProcessId(writer, origin.processId);
  writer.end(mark);
}

function writeAttribute(writer: Writer, key: string, value: string): void {
  if (value === '') return;
  const mark = writer.begin(1);
  writer.string(1, key);
  const inner = writer.begin(2);
  writer.string(1, value);
  writer.end(inner);
  writer.end(mark);
}

function writeProcessId(writer: Writer, processId: number): void {
  const mark = writer.begin(1);
  writer.string(1, 'process.pid');
  const inner = writer.begin(2);
  writer.varint(3, Math.trunc(processId));
  writer.end(inner);
  writer.end(mark);
}
