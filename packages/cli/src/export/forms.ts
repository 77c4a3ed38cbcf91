/**
 * The forms that traces are written in, each as pieces: what stands before, between and behind the traces.
 *
 * Never knows: where the traces come from, where the pieces go.
 */
import { jaegerJson, otlpJsonToProtobuf, zipkinJson } from '@clew/translate';

/** What one form makes of the traces that it is given one by one. */
export interface Form {
  readonly name: string;
  readonly says: string;
  readonly isText: boolean;
  readonly before: string;
  readonly between: string;
  readonly behind: string;
  /** `otlp` is one trace as OTLP/JSON. */
  readonly trace: (otlp: string) => string | Uint8Array;
}

/** The list or object around a single trace is taken off, and put around all of them. */
function inside(document: string, before: string, behind: string): string {
  return document.slice(before.length, document.length - behind.length);
}

export const forms: readonly Form[] = [
  {
    name: 'otlp-json',
    says: 'OTLP/JSON, one line per trace; nothing is lost',
    isText: true,
    before: '',
    between: '',
    behind: '',
    trace: (otlp) => `${otlp}\n`,
  },
  {
    // Concatenated protobuf messages merge, so all traces together are one TracesData.
    name: 'otlp-protobuf',
    says: 'OTLP protobuf, one TracesData; nothing is lost',
    isText: false,
    before: '',
    between: '',
    behind: '',
    trace: otlpJsonToProtobuf,
  },
  {
    name: 'zipkin',
    says: "Zipkin's v2 JSON list of spans",
    isText: true,
    before: '[',
    between: ',',
    behind: ']\n',
    trace: (otlp) => inside(zipkinJson(otlpJsonToProtobuf(otlp)), '[', ']'),
  },
  {
    name: 'jaeger',
    says: "the JSON of Jaeger's user interface",
    isText: true,
    before: '{"data":[',
    between: ',',
    behind: ']}\n',
    trace: (otlp) => inside(jaegerJson(otlpJsonToProtobuf(otlp)), '{"data":[', ']}'),
  },
];
