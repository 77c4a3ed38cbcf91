/**
 * Asks a running server's native API; turns its errors and its absence into words.
 *
 * Never knows: what the answers mean.
 */
import { CliError } from './cli-error.ts';

export interface ServerClient {
  readonly url: string;
  /** Answers the parsed body; throws CliError with the server's own message on any error. */
  readonly get: <T>(path: string) => Promise<T>;
  /** The same with the headers, where they say how whole the answer is. */
  readonly ask: <T>(path: string) => Promise<Answer<T>>;
  /** Sends JSON and answers the bytes that come back, whatever their type. */
  readonly post: (path: string, body: object) => Promise<Uint8Array>;
}

export interface Answer<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Long enough for the server's own limit on a question (30 s) to be the one that is reported. */
const ANSWER_MS_MAX = 60_000;

export function createServerClient(server: string): ServerClient {
  const url = normalUrl(server);
  return {
    url,
    get: async <T>(path: string) => (await ask<T>(url, path)).body,
    ask: (path) => ask(url, path),
    post: (path, body) => post(url, path, body),
  };
}

/** `127.0.0.1:16687` → `http://127.0.0.1:16687`; no slash at the end. */
export function normalUrl(text: string): string {
  const full = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) {
    throw new CliError(`${text} is no address; expected a URL such as http://127.0.0.1:16686`, {
      exitCode: 2,
    });
  }
  return full.replace(/\/+$/, '');
}

async function ask<T>(url: string, path: string): Promise<Answer<T>> {
  const response = await send(url, path, { headers: { accept: 'application/json' } });
  const text = await response.text();
  const body = parse(text);
  if (response.ok && body !== undefined) return { body: body as T, headers: response.headers };
  throw refused(url, response.status, body, text);
}

async function post(url: string, path: string, body: object): Promise<Uint8Array> {
  const response = await send(url, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const text = await response.text();
  throw refused(url, response.status, parse(text), text);
}

async function send(url: string, path: string, request: RequestInit): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    return await fetch(`${url}${path}`, { ...request, signal });
  } catch (cause) {
    throw notReached(url, cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The reason hides in `cause` of what fetch throws; several addresses give several reasons. */
export function reasonOf(cause: unknown): string {
  const inner = (cause as { cause?: unknown }).cause ?? cause;
  const { code, message, name } = inner as { code?: string; message?: string; name?: string };
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name is not known';
  if (name === 'TimeoutError') return 'no answer in time';
  return message || code || 'the connection failed';
}

function notReached(url: string, cause: unknown): CliError {
  return new CliError(`no answer from ${url}: ${reasonOf(cause)}`, {
    hint: 'start a server with `clew serve`, or name another with --server URL',
    cause,
  });
}

function refused(url: string, status: number, body: unknown, text: string): CliError {
  const error = (body as { error?: { message?: string; hint?: string } } | undefined)?.error;
  if (error?.message !== undefined) {
    return new CliError(error.message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
  const start = text.slice(0, 80).replaceAll(/\s+/g, ' ');
  return new CliError(`${url} answered ${status} and no JSON: ${start}`, {
    hint: 'is this the UI port of a Clew server?',
  });
}
