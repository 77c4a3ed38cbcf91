/**
 * Collects the body of an HTTP request under a limit: chunks as they come, joined once.
 *
 * Never knows: what is inside.
 */
import type { IncomingMessage } from 'node:http';
import { CollectorError } from '../errors.ts';
import type { Lease } from '../in-flight.ts';
import { takePooled } from './body-pool.ts';

export interface Body {
  readonly bytes: Buffer;
  /** Ends the use of the bytes. */
  release(): void;
}

/** Where chunks go until the body is whole. */
interface Basin {
  add(chunk: Buffer, at: number): void;
  whole(length: number): Body;
  drop(): void;
}

/**
 * Resolves with the whole body, as it came. Rejects with BODY_TOO_LARGE as soon as the limit is
 * passed, IN_FLIGHT_FULL, or BODY_CUT_SHORT.
 */
export function collectBody(
  request: IncomingMessage,
  bytesMax: number,
  lease: Lease,
): Promise<Body> {
  const basin = createBasin(Number(request.headers['content-length'] ?? 0));
  let length = 0;
  let isWhole = false;
  return new Promise((resolve, reject) => {
    const stop = (error: CollectorError) => {
      // Whatever happens to the connection after its last byte: the body is in use.
      if (isWhole) return;
      request.removeAllListeners('data');
      basin.drop();
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      if (length + chunk.length > bytesMax) return stop(tooLarge(bytesMax));
      try {
        lease.grow(chunk.length);
      } catch (error) {
        return stop(error as CollectorError);
      }
      basin.add(chunk, length);
      length += chunk.length;
    });
    request.once('end', () => {
      isWhole = true;
      resolve(basin.whole(length));
    });
    // Every request closes; only one that closes early is worth the making of an error.
    const cut = () => {
      if (!isWhole) stop(new CollectorError('BODY_CUT_SHORT', { found: length }));
    };
    request.once('error', cut);
    request.once('close', cut);
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

/** Node's parser ends a body at the announced length, so chunks always fit the pooled buffer. */
function createBasin(announced: number): Basin {
  const pooled = takePooled(announced);
  if (pooled === undefined) return createChunks();
  let isOurs = true;
  const release = () => {
    if (isOurs) pooled.release();
    isOurs = false;
  };
  return {
    add: (chunk, at) => void chunk.copy(pooled.bytes, at),
    whole: (length) => ({ bytes: pooled.bytes.subarray(0, length), release }),
    drop: release,
  };
}

function createChunks(): Basin {
  const chunks: Buffer[] = [];
  return {
    add: (chunk) => void chunks.push(chunk),
    whole(length) {
      const [first] = chunks;
      const bytes = first?.length === length ? first : Buffer.concat(chunks, length);
      return { bytes, release: () => undefined };
    },
    drop: () => void chunks.splice(0),
  };
}
