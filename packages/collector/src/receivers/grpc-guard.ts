/**
 * The limits of a gRPC call that grpc-js does not keep itself: bytes in flight over all calls, a
 * time for the whole message, and inflating under the same ceilings as OTLP/HTTP, zstd included.
 *
 * It reaches for two members of grpc-js' call object that its types call private, the HTTP/2 stream and
 * the inflating method. Should a later version lack them, grpc-js' own limits remain.
 */
import type { ServerHttp2Stream } from 'node:http2';
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { asCollectorError, CollectorError } from '../errors.ts';
import type { Lease } from '../in-flight.ts';
import { grpcStatus } from './grpc.ts';
import type { ReceiverParts } from './http.ts';
import { inflate, readEncoding } from './inflate.ts';

interface InnerCall {
  readonly stream?: ServerHttp2Stream;
  /** Gets a message with its five bytes of gRPC framing; may reject with a status. */
  decompressMessage?: (message: Buffer, encoding: string) => Promise<Uint8Array> | Buffer;
}

export function createCallGuard(parts: ReceiverParts, listener: string): ServerInterceptor {
  return (_method, call) => {
    const inner = call as unknown as InnerCall;
    if (inner.stream !== undefined) guardStream(parts, listener, call, inner, inner.stream);
    return new ServerInterceptingCall(call);
  };
}

function guardStream(
  parts: ReceiverParts,
  listener: string,
  call: ServerInterceptingCallInterface,
  inner: InnerCall,
  stream: ServerHttp2Stream,
): void {
  const { options, inFlight, onRefused } = parts;
  const lease = inFlight.lease();
  const refuse = (error: CollectorError) => {
    clearTimeout(timer);
    onRefused(error, listener);
    call.sendStatus(grpcStatus(error));
    // Whatever is still on its way is not wanted any more.
    stream.close();
  };
  const timer = setTimeout(() => {
    refuse(new CollectorError('BODY_TOO_SLOW', { limit: options.bodyTimeoutMs }));
  }, options.bodyTimeoutMs);
  stream.on('data', (chunk: Buffer) => {
    if (stream.closed) return;
    try {
      lease.grow(chunk.length);
    } catch (error) {
      refuse(error as CollectorError);
    }
  });
  stream.once('end', () => clearTimeout(timer));
  stream.once('close', () => {
    clearTimeout(timer);
    lease.release();
  });
  if (typeof inner.decompressMessage === 'function') {
    inner.decompressMessage = (message, encoding) =>
      inflateMessage(message, encoding, options.bodyBytesMax, lease).catch((thrown: unknown) => {
        const error = asCollectorError(thrown);
        onRefused(error, listener);
        throw grpcStatus(error);
      });
  }
}

async function inflateMessage(
  message: Buffer,
  encodingName: string,
  bytesMax: number,
  lease: Lease,
): Promise<Uint8Array> {
  const sent = message.subarray(5);
  const encoding = readEncoding(encodingName);
  if (encoding === undefined) {
    throw new CollectorError('UNKNOWN_CONTENT_ENCODING', { found: encodingName });
  }
  if (encoding === 'identity') return sent;
  const body = await inflate(sent, encoding, bytesMax);
  lease.grow(body.length);
  return body;
}
