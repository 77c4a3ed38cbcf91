/**
 * What a collector answers: the success and error messages of OTLP as protobuf bytes.
 *
 * Never knows: which transport carries them.
 * Source: https://opentelemetry.io/docs/specs/otlp/ (sections "Full Success", "Failures").
 */

import { createWriter } from './writer.ts';

/**
 * An `ExportTraceServiceResponse`. Without rejected spans and message it is empty (zero bytes),
 * because `partial_success` must then be unset.
 */
export function exportTraceResponse(rejectedSpans = 0, message = ''): Uint8Array<ArrayBuffer> {
  const writer = createWriter();
  if (rejectedSpans > 0 || message !== '') {
    const mark = writer.begin(1);
    if (rejectedSpans > 0) {
      writer.varint(1, rejectedSpans);
    }
    if (message !== '') {
      writer.string(2, message);
    }
    writer.end(mark);
  }
  return writer.finish();
}

/**
 * A `google.rpc.Status`: the body of a failed OTLP/HTTP request and the trailer
 * `grpc-status-details-bin` of a failed gRPC one. `retryAfterMs` adds a `RetryInfo`.
 */
export function rpcStatus(
  code: number,
  message: string,
  retryAfterMs?: number,
): Uint8Array<ArrayBuffer> {
  const writer = createWriter();
  if (code !== 0) {
    writer.varint(1, code);
  }
  if (message !== '') {
    writer.string(2, message);
  }
  if (retryAfterMs !== undefined) {
    const any = writer.begin(3);
    writer.string(1, 'type.googleapis.com/google.rpc.RetryInfo');
    const info = writer.begin(2);
    const delay = writer.begin(1);
    writer.varint(1, Math.floor(retryAfterMs / 1000));
    writer.varint(2, Math.round((retryAfterMs % 1000) * 1e6));
    writer.end(delay);
    writer.end(info);
    writer.end(any);
  }
  return writer.finish();
}
