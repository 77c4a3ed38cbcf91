/**
 * Segment files for tests: requests become frames exactly as the collector appends them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { encodeTraces, frame, type Given, type Span, type TracesData } from '@clew/wire';

export interface SegmentSource {
  readonly tenant?: string;
  readonly arrivedMs?: number;
  readonly listener?: string;
}

/** The bytes of one frame around a request's bytes. */
export function frameBytes(body: Uint8Array, source: SegmentSource = {}): Buffer {
  const facts = {
    tenant: source.tenant ?? '',
    arrivedMs: source.arrivedMs ?? 1_700_000_000_123,
    listener: source.listener ?? 'otlp_http',
  };
  const { head, trailer } = frame(body, facts, (bytes, previous) =>
    crc32(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), previous),
  );
  return Buffer.concat([head, body, trailer]);
}

/** Writes a segment of frames and returns its path. */
export function writeSegment(dir: string, name: string, ...frames: readonly Uint8Array[]): string {
  const path = join(dir, `${name}.segment`);
  writeFileSync(path, Buffer.concat(frames));
  return path;
}

/** One request with the given spans under one resource and scope. */
export function requestBytes(
  service: string,
  spans: readonly Given<Span>[],
  rest: Given<TracesData>['resourceSpans'] = [],
): Uint8Array {
  return encodeTraces({
    resourceSpans: [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { type: 'string', value: service } }],
        },
        scopeSpans: [{ scope: { name: 'contract' }, spans }],
      },
      ...rest,
    ],
  });
}

/** `count` spans of one millisecond each, `perTrace` to a trace; the ids follow from `seed`. */
export function someSpans(
  seed: number,
  count: number,
  startNs: bigint,
  perTrace = 10,
): Given<Span>[] {
  return Array.from({ length: count }, (_, at) => ({
    traceId: idBytes(16, seed, Math.floor(at / perTrace)),
    spanId: idBytes(8, seed, at),
    parentSpanId: at % perTrace === 0 ? new Uint8Array(0) : idBytes(8, seed, at - 1),
    name: `step ${at % perTrace}`,
    kind: 2,
    startTimeUnixNano: startNs + BigInt(at) * 1_000_000n,
    endTimeUnixNano: startNs + BigInt(at) * 1_000_000n + 1_000_000n,
    attributes: [
      { key: 'http.route', value: { type: 'string', value: `/r/${at % 7}` } },
      { key: 'http.response.status_code', value: { type: 'int', value: 200n } },
    ],
  }));
}

/** An id that no other (seed, at) has, never zero. */
export function idBytes(length: 8 | 16, seed: number, at: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(seed + 1, 0);
  bytes.writeUInt32BE(at + 1, length - 4);
  return new Uint8Array(bytes);
}
