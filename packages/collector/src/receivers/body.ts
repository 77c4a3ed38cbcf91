/**
 * Collects the body of an HTTP request under a limit: chunks as they come, joined once.
 *
 * Never knows: what is inside.
 */
import type { IncomingMessage } from 'node:http';
import { CollectorError } from '../errors.ts';
import type { Lease } from '../in-flight.ts';

/**
 * Resolves with the whole body, as it came. Rejects with BODY_TOO_LARGE as soon as the limit is
 * passed (at once when Content-Length says so), IN_FLIGHT_FULL, or BODY_CUT_SHORT.
 */
export function collectBody(
  request: IncomingMessage,
  bytesMax: number,
  lease: Lease,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const stop = (error: CollectorError) => {
      request.removeAllListeners('data');
      chunks.length = 0;
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) return stop(tooLarge(bytesMax));
      try {
        lease.grow(chunk.length);
      } catch (error) {
        return stop(error as CollectorError);
      }
      chunks.push(chunk);
    });
    request.once('end', () => {
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes));
    });
    request.once('error', () => stop(new CollectorError('BODY_CUT_SHORT', { found: bytes })));
    request.once('close', () => {
      if (!request.complete) stop(new CollectorError('BODY_CUT_SHORT', { found: bytes }));
    });
  });
}

/** Refuses by Content-Length, before a byte of the body is read. */
export function checkContentLength(request: IncomingMessage, bytesMax: number): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) throw tooLarge(bytesMax);
}

function tooLarge(limit: number): CollectorError {
  return new CollectorError('BODY_TOO_LARGE', { limit, when: 'as sent' });
}
