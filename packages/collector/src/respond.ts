/**
 * Collector errors as answers: one table of statuses for every protocol. Their form is the protocol's own
 * (`refused` of its listener's row in `translate`).
 *
 * OTLP clients retry HTTP 429, 502, 503, 504 and gRPC UNAVAILABLE; RESOURCE_EXHAUSTED only with
 * RetryInfo. So what may pass later is 503/UNAVAILABLE with a wait, and everything else is final.
 * https://opentelemetry.io/docs/specs/otlp/#failures and #failures-1
 */
import type { Refusal } from '@clew/translate';
import { rpcStatus } from '@clew/wire';
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
  PACKET_TOO_LARGE: { http: 413, grpc: RESOURCE_EXHAUSTED },
  TOO_MANY_SPANS: { http: 413, grpc: RESOURCE_EXHAUSTED },
  BODY_CUT_SHORT: { http: 400, grpc: UNAVAILABLE },
  BODY_TOO_SLOW: { http: 408, grpc: DEADLINE_EXCEEDED },
  UNKNOWN_CONTENT_TYPE: { http: 415, grpc: INVALID_ARGUMENT },
  UNKNOWN_CONTENT_ENCODING: { http: 415, grpc: UNIMPLEMENTED },
  BAD_COMPRESSION: { http: 400, grpc: INVALID_ARGUMENT },
  MALFORMED_PROTOBUF: { http: 400, grpc: INVALID_ARGUMENT },
  MALFORMED_BODY: { http: 400, grpc: INVALID_ARGUMENT },
  NO_SUCH_PATH: { http: 404, grpc: UNIMPLEMENTED },
  WRONG_METHOD: { http: 405, grpc: UNIMPLEMENTED },
  NO_SUCH_SIGNAL: { http: 404, grpc: UNIMPLEMENTED },
  IN_FLIGHT_FULL: later,
  PACKETS_LOST: later,
  PACKETS_WAITING: later,
  SPOOL_FULL: later,
  DISK_FULL: later,
  WRITE_FAILED: later,
  SYNC_FAILED: later,
  STOPPING: later,
  INTERNAL: { http: 500, grpc: INTERNAL },
};

/** A refusal with the statuses that answers are made of. */
export function refusalOf(error: CollectorError): Refusal {
  const { http, grpc, mayRetry } = answers[error.code];
  const retryAfterS = mayRetry ? limits.retryAfterS : undefined;
  return { reason: error.reason, http, grpc, message: error.message, retryAfterS };
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
