/**
 * The forms in which messages carry spans, by the names that the OpenTelemetry Collector gives them:
 * each is a row of `translate`'s table, and what has to be put around a message for it.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/kafkareceiver
 */
import { jaegerSpanOfJson, type Protocol, protocols } from '@clew/translate';
import { createWriter } from '@clew/wire';

export type KafkaEncoding = keyof typeof encodings;

/** The listener that counts and ledger name. */
export const KAFKA = 'kafka';

interface Encoding {
  /** Name of its row in `translate`. */
  readonly row: string;
  readonly wrap?: (message: Uint8Array) => Uint8Array;
}

export const encodings = {
  otlp_proto: { row: 'otlp-protobuf' },
  otlp_json: { row: 'otlp-json' },
  zipkin_json: { row: 'zipkin-v2-json' },
  zipkin_proto: { row: 'zipkin-v2-proto' },
  zipkin_thrift: { row: 'zipkin-v1-thrift' },
  jaeger_proto: { row: 'jaeger-grpc', wrap: postSpans },
  jaeger_json: { row: 'jaeger-grpc', wrap: (message) => postSpans(jaegerSpanOfJson(message)) },
  jaeger_thrift: { row: 'jaeger-thrift-http' },
} as const satisfies Record<string, Encoding>;

/** Jaeger puts one `model.Span` into a message; its translator wants `PostSpansRequest { batch { spans } }`. */
function postSpans(span: Uint8Array): Uint8Array {
  const writer = createWriter();
  const batch = writer.begin(1);
  writer.bytes(1, span);
  writer.end(batch);
  return writer.finish();
}

/** The row of an encoding, as a protocol of the listener `kafka`. */
export function protocolOf(encoding: KafkaEncoding): Protocol {
  const { row, wrap }: Encoding = encodings[encoding];
  const found = protocols.find(({ name }) => name === row);
  if (found === undefined) throw new Error(`kafka.encoding: there is no protocol ${row}`);
  const translate: Protocol['translate'] =
    wrap === undefined
      ? found.translate
      : (message, request) => found.translate(wrap(message), request);
  return { ...found, listener: KAFKA, translate };
}
