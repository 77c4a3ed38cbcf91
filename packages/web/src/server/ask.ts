/**
 * The one door to the server: fetch, and every failure turned into a `ServerError` that can be shown as it is.
 *
 * Never knows: which questions exist.
 */
import { takeHeadStart } from './head-start.ts';

/** What the server (or the lack of one) said. `message` and `hint` are for people; `requestId` is for its log. */
export class ServerError extends Error {
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number;
  /** kebab-case code of the server's catalogue, `unreachable` or `unreadable-answer`. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly requestId: string | undefined;

  constructor(
    message: string,
    facts: { status: number; code: string; hint?: string; requestId?: string; cause?: unknown },
  ) {
    super(message, { cause: facts.cause });
    this.name = 'ServerError';
    this.status = facts.status;
    this.code = facts.code;
    this.hint = facts.hint;
    this.requestId = facts.requestId;
  }
}

/** How often a page asks again while the server is away or its engine restarts. */
export const awayMs = 3_000;

/** Whether a failure goes away by itself: the server is not there, or its engine is restarting. */
export function isPassing(error: unknown): boolean {
  return error instanceof ServerError && (error.status === 0 || error.status === 503);
}

/** GETs `path` and answers its JSON. Throws `ServerError`, or the abort reason when `signal` fired. */
export async function askJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, 'application/json', signal);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ServerError('The server answered with something that is not JSON.', {
      status: response.status,
      code: 'unreadable-answer',
      cause,
    });
  }
}

/** GETs `path` and answers its bytes. Fails like `askJson`. */
export async function askBytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await ask(path, '*/*', signal);
  return response.arrayBuffer();
}

async function ask(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    const started = takeHeadStart(path);
    response = await (started ?? fetch(path, { headers: { accept }, signal: signal ?? null }));
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ServerError('The Clew server cannot be reached.', {
      status: 0,
      code: 'unreachable',
      hint: 'Check that it is running.',
      cause,
    });
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** Reads `{ error: { code, message, hint?, requestId } }`; anything else (a proxy's page) becomes a plain statement. */
async function errorOf(response: Response): Promise<ServerError> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = member(body, 'error');
  const text = (name: string) => {
    const value = member(error, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const hint = text('hint');
  const requestId = text('requestId') ?? response.headers.get('x-request-id') ?? undefined;
  return new ServerError(text('message') ?? `The server answered with status ${response.status}.`, {
    status: response.status,
    code: text('code') ?? 'unexpected-status',
    ...(hint === undefined ? {} : { hint }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
