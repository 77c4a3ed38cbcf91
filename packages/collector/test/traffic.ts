/**
 * Requests for tests: real OTLP bytes, every span with ids that say which request it belongs to.
 */
import { randomBytes } from 'node:crypto';
import { encodeTraces, type Given, type Span } from '@clew/wire';

export interface TrafficOptions {
  readonly spans?: number;
  readonly service?: string;
  readonly nowMs?: number;
  /** Changes a span before it is encoded. */
  readonly change?: (span: Given<Span>, index: number) => Given<Span>;
}

/** One ExportTraceServiceRequest; about 400 bytes per span. */
export function request(options: TrafficOptions = {}): Uint8Array {
  const { spans = 3, service = 'checkout', nowMs = Date.now(), change = (span) => span } = options;
  const traceId = randomBytes(16);
  const startNs = BigInt(nowMs) * 1_000_000n;
  return encodeTraces({
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', service), text('host.name', 'node-7')] },
        scopeSpans: [
          {
            scope: { name: 'test', version: '1.0.0' },
            spans: Array.from({ length: spans }, (_, index) =>
              change(
                {
                  traceId,
                  spanId: randomBytes(8),
                  name: 'GET /checkout',
                  kind: 2,
                  startTimeUnixNano: startNs + BigInt(index) * 1000n,
                  endTimeUnixNano: startNs + BigInt(index) * 1000n + 5_000_000n,
                  attributes: Array.from({ length: 10 }, (_, n) =>
                    text(`http.attribute.${n}`, `value ${n} of ${index}`),
                  ),
                },
                index,
              ),
            ),
          },
        ],
      },
    ],
  });
}

function text(key: string, value: string) {
  return { key, value: { type: 'string', value } } as const;
}
