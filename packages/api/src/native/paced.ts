/**
 * Long work in pieces, with room for others: requests of senders are acknowledged by the same thread.
 *
 * Never knows: what the pieces are.
 */
import { setImmediate } from 'node:timers/promises';

/** At 20,000 spans/s an acknowledgement may take 20 ms at most; half of that is left to others. */
const busyMsMax = 10;

/** The pieces that are not empty, in order; after every ten milliseconds of work, others have their turn. */
export async function* paced<Piece extends string | Uint8Array>(
  pieces: Iterable<Piece>,
): AsyncGenerator<Piece> {
  let since = performance.now();
  for (const piece of pieces) {
    if (piece.length > 0) yield piece;
    if (performance.now() - since < busyMsMax) continue;
    await setImmediate();
    since = performance.now();
  }
}

/**
 * The same pieces, the first of them made before this resolves: what fails until then can still be answered as an error,
 * what fails later can only end the connection.
 */
export async function begun<Piece>(pieces: AsyncIterable<Piece>): Promise<AsyncIterable<Piece>> {
  const rest = pieces[Symbol.asyncIterator]();
  const first = await rest.next();
  async function* all() {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return all();
}
