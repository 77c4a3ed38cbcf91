/**
 * Collector errors as protocol answers: one table for every protocol.
 *
 * OTLP clients retry HTTP 429, 502, 503, 504 and gRPC UNAVAILABLE; RESOURCE_EXHAUSTED only with
 * RetryInfo. So what may pass later is 503/UNAVAILABLE with a wait, and everything else is final.
 * https://opentelemetry.io/docs/specs/otlp/#failures and #failures-1
 */
import { exportTraceResponse, rpcStatus } from '@clew/wire';
import type { Admitted } from './admit.ts';
import type { CollectorError, ErrorCode } from './errors.ts';
import { limits } from './limits.ts';

/** Numbers of google.rpc.Code. */
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAVAILABLE = 14;

interface Answer {
  readonly http: number;
  readonly grpc: number;
  /** The sender is told to send the same request again after `limits.retryAfterS`. */
  readonly mayRetry?: boolean;
}

const later: Answer = { http: 503, grpc: UNAVAILABLE, mayRetry: true };

export const answers: Readonly<Record<ErrorCode, Answer>> = {
  BODY_TOO_LARGE: { http: 413, grpc: RESOURCE_EXHAUSTED },
  BODY_INFLATES_TOO_FAR: { http: 413, grpc: RESOURCE_EXHAUSTED },
  ZSTD_WINDOW_TOO_LARGE: { http: 413, grpc: RESOURCE_EXHAUSTED },
  TOO_MANY_SPANS: { http: 413, grpc: RESOURCE_EXHAUSTED },
  BODY_CUT_SHORT: { http: 400, grpc: UNAVAILABLE },
  BODY_TOO_SLOW: { http: 408, grpc: DEADLINE_EXCEEDED },
  UNKNOWN_CONTENT_TYPE: { http: 415, grpc: INVALID_ARGUMENT },
  UNKNOWN_CONTENT_ENCODING: { http: 415, grpc: UNIMPLEMENTED },
  BAD_COMPRESSION: { http: 400, grpc: INVALID_ARGUMENT },
  MALFORMED_PROTOBUF: { http: 400, grpc: INVALID_ARGUMENT },
  MALFORMED_JSON: { http: 400, grpc: INVALID_ARGUMENT },
  NO_SUCH_PATH: { http: 404, grpc: UNIMPLEMENTED },
  WRONG_METHOD: { http: 405, grpc: UNIMPLEMENTED },
  NO_SUCH_SIGNAL: { http: 404, grpc: UNIMPLEMENTED },
  IN_FLIGHT_FULL: later,
  SPOOL_FULL: later,
  DISK_FULL: later,
  WRITE_FAILED: later,
  SYNC_FAILED: later,
  STOPPING: later,
  INTERNAL: { http: 500, grpc: INTERNAL },
};

/** The two forms of OTLP/HTTP; the answer has the form of the request. */
export type Format = 'protobuf' | 'json';

export const contentTypes: Readonly<Record<Format, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

const FULL_SUCCESS = { protobuf: Buffer.alloc(0), json: Buffer.from('{}') };

/** An ExportTraceServiceResponse; empty when every span was taken as it came. */
export function successBody(format: Format, { rejected, message }: Admitted): Uint8Array {
  if (rejected === 0 && message === '') return FULL_SUCCESS[format];
  if (format === 'protobuf') return exportTraceResponse(rejected, message);
  const partialSuccess = { rejectedSpans: String(rejected), errorMessage: message };
  return Buffer.from(JSON.stringify({ partialSuccess }));
}

export interface HttpRefusal {
  readonly status: number;
  readonly body: Uint8Array;
  /** Seconds for the Retry-After header. */
  readonly retryAfterS: number | undefined;
}

/** A refusal over HTTP: status and a google.rpc.Status in the request's own form. */
export function httpRefusal(error: CollectorError, format: Format): HttpRefusal {
  const { http, grpc, mayRetry } = answers[error.code];
  const retryAfterS = mayRetry ? limits.retryAfterS : undefined;
  const body =
    format === 'protobuf'
      ? rpcStatus(grpc, error.message, retryAfterMs(mayRetry))
      : Buffer.from(JSON.stringify(statusJson(grpc, error.message, retryAfterS)));
  return { status: http, body, retryAfterS };
}

export interface GrpcRefusal {
  readonly code: number;
  readonly details: string;
  /** The bytes of `grpc-status-details-bin`, with RetryInfo when the sender shall retry. */
  readonly status: Uint8Array;
}

export function grpcRefusal(error: CollectorError): GrpcRefusal {
  const { grpc, mayRetry } = answers[error.code];
  const status = rpcStatus(grpc, error.message, retryAfterMs(mayRetry));
  return { code: grpc, details: error.message, status };
}

function retryAfterMs(mayRetry: boolean | undefined): number | undefined {
  return mayRetry ? limits.retryAfterS * 1000 : undefined;
}

/** google.rpc.Status in protobuf's JSON form. */
function statusJson(code: number, message: string, retryAfterS: number | undefined): object {
  if (retryAfterS === undefined) return { code, message };
  const type = 'type.googleapis.com/google.rpc.RetryInfo';
  return { code, message, details: [{ '@type': type, retryDelay: `${retryAfterS}s` }] };
}
