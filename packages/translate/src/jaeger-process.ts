/**
 * A Jaeger process → an OTLP resource.
 *
 * Never knows: in which encoding it came.
 */

import { createWriter, type Writer } from '@clew/wire';
import { type JaegerTag, STRING, writeTag } from './jaeger-tag.ts';
import { createKeyTable } from './key-table.ts';
import { writeTextAttribute } from './otlp-attributes.ts';

/** What the OpenTelemetry Collector puts there when a resource has no name. */
const NO_SERVICE_NAME = 'OTLPResourceNoServiceName';

const HOSTNAME = 0;
const HOST_NAME = 1;
const SERVICE_NAME = 2;
const findKey = createKeyTable(['hostname', 'host.name', 'service.name']);

export interface JaegerProcess {
  service(name: string): void;
  tag(tag: JaegerTag): void;
  /** Writes the fields of a `Resource`. */
  write(resource: Writer): void;
}

/** Jaeger's `hostname` is OpenTelemetry's `host.name`, unless the process has one of that name too. */
export function createProcess(): JaegerProcess {
  const attributes = createWriter();
  let serviceName = '';
  let hostname: JaegerTag | undefined;
  let hasHostName = false;
  return {
    service(name) {
      serviceName = name === NO_SERVICE_NAME ? '' : name;
    },
    tag(tag) {
      const key = findKey(tag.source, tag.keyAt, tag.keyEnd);
      if (key === HOSTNAME && tag.type === STRING && hostname === undefined) {
        hostname = { ...tag };
        return;
      }
      // The process has its name in a field of its own.
      if (key === SERVICE_NAME && serviceName !== '') return;
      hasHostName ||= key === HOST_NAME;
      writeTag(attributes, 1, tag);
    },
    write(resource) {
      if (serviceName !== '') writeTextAttribute(resource, 1, 'service.name', serviceName);
      if (hostname !== undefined && hasHostName) writeTag(resource, 1, hostname);
      if (hostname !== undefined && !hasHostName) writeHostName(resource, hostname);
      const bytes = attributes.finish();
      resource.raw(bytes, 0, bytes.length);
    },
  };
}

function writeHostName(resource: Writer, { source, textAt, textEnd }: JaegerTag): void {
  const pair = resource.begin(1);
  resource.string(1, 'host.name');
  const value = resource.begin(2);
  resource.slice(1, source, textAt, textEnd);
  resource.end(value);
  resource.end(pair);
}
