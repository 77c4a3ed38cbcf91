/**
 * OTLP/gRPC to a destination: identity serializers, so that bytes stay bytes.
 *
 * https://opentelemetry.io/docs/specs/otlp/#failures: which codes are tried again, and when. Beside
 * them UNAUTHENTICATED, PERMISSION_DENIED and UNIMPLEMENTED are, for the reason told in otlp-http.ts.
 */
import { createReader, WireError } from '@clew/wire';
import {
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { limits } from '../limits.ts';
import type { Destination } from './destinations.ts';
import { fromProtobuf } from './otlp-http.ts';
import { type ForwardAnswer, type Sender, wholeOf } from './sender.ts';
import type { TlsMaterial } from './tls.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

export function createOtlpGrpcSender(destination: Destination, tls: TlsMaterial): Sender {
  const { timeoutMs, compression, headers } = destination;
  const url = new URL(destination.endpoint);
  const isTls = url.protocol === 'https:';
  const client = new Client(grpcTarget(url), isTls ? secure(tls) : credentials.createInsecure(), {
    'grpc.max_receive_message_length': limits.forwardAnswerBytesMax,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.default_compression_algorithm':
      compression === 'gzip' ? compressionAlgorithms.gzip : compressionAlgorithms.identity,
    // We wait between tries ourselves, and want a connection that is tried when we try.
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.service_config_disable_resolution': 1,
  });
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const identity = (bytes: Buffer) => bytes;
  return {
    send: (request, signal) =>
      new Promise((resolve) => {
        const call = client.makeUnaryRequest(
          EXPORT,
          identity,
          identity,
          wholeOf(request),
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error, response) => {
            signal.removeEventListener('abort', cancel);
            resolve(error === null ? fromProtobuf(response ?? Buffer.alloc(0)) : refusal(error));
          },
        );
        const cancel = () => call.cancel();
        signal.addEventListener('abort', cancel, { once: true });
      }),
    close: async () => client.close(),
  };
}

/** `http://host:4317` → `host:4317`; IPv6 addresses keep their brackets. */
export function grpcTarget(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '4317')}`;
}

function secure({ ca, cert, key, rejectUnauthorized }: TlsMaterial) {
  return credentials.createSsl(ca ?? null, key ?? null, cert ?? null, { rejectUnauthorized });
}

const passing: readonly number[] = [
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.UNIMPLEMENTED,
];

function refusal({ code, details, metadata }: ServiceError): ForwardAnswer {
  const reason = `${status[code] ?? code}: ${details.slice(0, 200)}`;
  const afterMs = retryInfoMs(metadata);
  const isPassing = passing.includes(code);
  // Without a wait it is what servers say to a message beyond their maximum, most often 4 MiB.
  const isExhausted = code === status.RESOURCE_EXHAUSTED;
  return isPassing || (isExhausted && afterMs !== undefined)
    ? { kind: 'later', reason, afterMs }
    : { kind: 'refused', reason, isTooLarge: isExhausted };
}

/** google.rpc.Status { details = 3: Any { value = 2: RetryInfo { retry_delay = 1 } } }. */
function retryInfoMs(metadata: Metadata | undefined): number | undefined {
  const bytes = metadata?.get('grpc-status-details-bin')[0];
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    for (const message = createReader(bytes); message.next(); ) {
      if (message.field !== 3) continue;
      const ms = delayOfAny(message.bytes());
      if (ms !== undefined) return Math.min(ms, limits.forwardRetryAfterMsMax);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return undefined;
}

function delayOfAny(bytes: Uint8Array): number | undefined {
  let [type, value]: [string, Uint8Array | undefined] = ['', undefined];
  for (const any = createReader(bytes); any.next(); ) {
    if (any.field === 1) type = any.string();
    if (any.field === 2) value = any.bytes();
  }
  if (!type.endsWith('/google.rpc.RetryInfo') || value === undefined) return undefined;
  let ms = 0;
  for (const info = createReader(value); info.next(); ) {
    if (info.field !== 1) continue;
    for (const duration = info.message(); duration.next(); ) {
      if (duration.field === 1) ms += Number(duration.int64()) * 1000;
      if (duration.field === 2) ms += Number(duration.int64()) / 1e6;
    }
  }
  return ms;
}
