/**
 * What every way of sending has in common: a request goes out, one of three answers comes back.
 */
export interface ForwardRequest {
  /** OTLP bodies, one directly behind the other in one buffer: together they are one request. */
  readonly bodies: readonly Uint8Array[];
  readonly bytes: number;
  readonly spans: number;
}

export type ForwardAnswer =
  /** Taken, but for `rejected` spans. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly message: string }
  /** Not now: the same again after a while, `afterMs` when the destination says so. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs?: number | undefined }
  /** Never: these bytes are not wanted, though fewer of them may be. */
  | { readonly kind: 'refused'; readonly reason: string; readonly isTooLarge?: boolean };

export interface Sender {
  /** Never rejects; resolves within the destination's timeout. */
  send(request: ForwardRequest, signal: AbortSignal): Promise<ForwardAnswer>;
  close(): Promise<void>;
}

/** All bodies of a request as one. */
export function wholeOf({ bodies, bytes }: ForwardRequest): Buffer {
  const first = bodies[0];
  return first === undefined ? Buffer.alloc(0) : Buffer.from(first.buffer, first.byteOffset, bytes);
}

export const TAKEN: ForwardAnswer = { kind: 'taken', rejected: 0, message: '' };

/** Words for whatever was thrown on the way. */
export function later(thrown: unknown): ForwardAnswer {
  const { code, message } = thrown as NodeJS.ErrnoException;
  return { kind: 'later', reason: message || String(code ?? thrown) };
}
