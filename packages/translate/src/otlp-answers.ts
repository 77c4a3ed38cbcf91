/**
 * What an OTLP receiver answers: in the form of the request, protobuf or JSON.
 *
 * Never knows: why something was refused.
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */

import { exportTraceResponse, rpcStatus } from '@clew/wire';
import { mediaType } from './media-type.ts';
import type { HttpAnswer, Outcome, Refusal } from './protocol.ts';
import { exportTraceResponseJson, rpcStatusJson } from './response-json.ts';

export const protobufTypes: readonly string[] = ['application/x-protobuf', 'application/protobuf'];

const NOTHING = new Uint8Array(0);

/** An ExportTraceServiceResponse; empty when every span was taken as it came. */
export function acceptedProtobuf({ rejected, message }: Outcome): HttpAnswer {
  const isWell = rejected === 0 && message === '';
  const body = isWell ? NOTHING : exportTraceResponse(rejected, message);
  return { status: 200, contentType: 'application/x-protobuf', body };
}

export function acceptedJson({ rejected, message }: Outcome): HttpAnswer {
  const body = exportTraceResponseJson(rejected, message);
  return { status: 200, contentType: 'application/json', body };
}

export function acceptedGrpc({ rejected, message }: Outcome): Uint8Array {
  return exportTraceResponse(rejected, message);
}

/** A google.rpc.Status in the request's own form, JSON when that is not known. */
export function refusedOtlp(refusal: Refusal, contentType: string): HttpAnswer {
  const { http: status, grpc, message, retryAfterS } = refusal;
  const retryAfterMs = retryAfterS === undefined ? undefined : retryAfterS * 1000;
  if (protobufTypes.includes(mediaType(contentType))) {
    const body = rpcStatus(grpc, message, retryAfterMs);
    return { status, contentType: 'application/x-protobuf', body };
  }
  const body = rpcStatusJson(grpc, message, retryAfterMs);
  return { status, contentType: 'application/json', body };
}
