/**
 * Every way in which a face refuses: status, what is said, what helps. One table for all faces.
 *
 * `query` has a table of its own for questions; `asApiError` is where its errors, the engine's and
 * the framework's become one of these. Never knows: how an error is written to a socket.
 */
import { QuestionError } from '@clew/query';
import { limits } from './limits.ts';

export const errors = {
  'bad-parameter': {
    status: 400,
    says: '{parameter}: found {found}, wanted {wanted}',
    help: 'the parameters are listed at /api/v1/openapi.json',
  },
  'unknown-parameter': {
    status: 400,
    says: '{parameter}: found a parameter that does not exist here, wanted one of {wanted}',
    help: 'the parameters are listed at /api/v1/openapi.json',
  },
  'bad-traceql': {
    status: 400,
    says: '{reason}',
    help: 'change the query at the mark',
  },
  'unsupported-traceql': {
    status: 400,
    says: '{reason}',
    help: 'the query is right, but Clew does not answer it yet: ask without the marked part',
  },
  'bad-regular-expression': {
    status: 400,
    says: 'found {reason}, wanted a regular expression in RE2 syntax',
    help: 'the syntax is described at https://github.com/google/re2/wiki/Syntax',
  },
  'bad-question': { status: 400, says: '{reason}', help: 'change the question' },
  'bad-request': {
    status: 400,
    says: 'the request cannot be read: {reason}',
    help: 'send an HTTP/1.1 request',
  },
  'query-too-large': {
    status: 400,
    says: 'the question needs more than it may take: {reason}',
    help: 'ask about a shorter time, or with more conditions',
  },
  'host-refused': {
    status: 403,
    says: 'found Host {found}, wanted {wanted}',
    help: 'open Clew under one of these names, or add the name to the setting ui.hosts',
  },
  'origin-refused': {
    status: 403,
    says: 'found a request made by a page of {found}, wanted one of this site',
    help: 'call the API from a program, or add the name to the setting ui.hosts',
  },
  'trace-not-found': {
    status: 404,
    says: 'no span of trace {found} is stored',
    help: 'check the id; spans are kept for {kept} after they were sent',
  },
  'span-not-found': {
    status: 404,
    says: 'trace {traceId} has no span {found}',
    help: 'check the id; spans are kept for {kept} after they were sent',
  },
  'no-such-path': {
    status: 404,
    says: 'there is nothing at {found}',
    help: 'the paths are listed at /api/v1/openapi.json',
  },
  'no-screen': {
    status: 404,
    says: 'the user interface is not built',
    help: 'run npm run build, then start Clew again; the API answers under /api/v1',
  },
  'method-not-allowed': {
    status: 405,
    says: 'found {found} {path}, wanted GET',
    help: 'spans are received at {receivers}',
  },
  'request-too-slow': {
    status: 408,
    says: 'the request did not arrive within {limit} ms',
    help: 'send it again',
  },
  'body-too-large': {
    status: 413,
    says: 'the body is larger than {limit} bytes',
    help: 'no request to this listener needs a larger one; spans are received elsewhere',
  },
  'url-too-long': {
    status: 414,
    says: 'the URL has {found} bytes, wanted at most {limit}',
    help: 'ask with fewer conditions',
  },
  'headers-too-large': {
    status: 431,
    says: 'the headers are larger than {limit} bytes',
    help: 'clear the cookies of this site',
  },
  'client-left': {
    // nginx's number for a client that closed the connection; it reaches only log and metrics.
    status: 499,
    says: 'the client left before the answer',
    help: 'nothing is to be done',
  },
  internal: {
    status: 500,
    says: 'Clew failed on this request',
    help: 'the log has the reason under this requestId',
  },
  'engine-refused': {
    status: 500,
    says: 'the engine refused the question Clew made of this request: {reason}',
    help: 'this is a fault of Clew: report it with the requestId and the log',
  },
  'engine-unavailable': {
    status: 503,
    says: 'the engine cannot answer now: {reason}',
    help: 'ask again in a moment; spans are accepted meanwhile and none is lost',
  },
  'too-many-pulses': {
    status: 503,
    says: '{limit} pages follow the live status already',
    help: 'close some, or raise the setting ui.pulses_max',
  },
  stopping: { status: 503, says: 'Clew is stopping', help: 'ask again in a moment' },
  'query-timed-out': {
    status: 504,
    says: 'the question took longer than it may: {reason}',
    help: 'ask about a shorter time or with more conditions, or raise query.seconds_max',
  },
} as const satisfies Record<string, { status: number; says: string; help: string }>;

export type ErrorCode = keyof typeof errors;
export type Facts = Readonly<Record<string, string | number>>;

/** What is wrong in a TraceQL text: line and column 1-based, for people; offsets in UTF-16 units, `to` exclusive. */
export type TextPlace = {
  readonly line: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
};

/** A refusal. `code` is for programs, `message` and `hint` for people. */
export class ApiError extends Error {
  readonly status: number;
  /** Sent with 503: after how many seconds asking again makes sense. */
  readonly retryAfterSeconds: number | undefined;
  /** A code of the table above, or of `query`'s table of questions. */
  readonly code: string;
  readonly hint: string;
  /** Where in the asked TraceQL the mistake is; undefined for every other error. */
  readonly at: TextPlace | undefined;

  constructor(code: ErrorCode, facts: Facts = {}, cause?: unknown) {
    const { status, says, help } = errors[code];
    super(fill(says, facts), cause === undefined ? {} : { cause });
    this.name = 'ApiError';
    this.status = status;
    this.retryAfterSeconds = status === 503 ? retryAfterSeconds(cause) : undefined;
    this.code = code;
    this.hint = fill(help, facts);
    this.at = undefined;
  }

  /** Message and hint in one, for forms that have one place for both. */
  get words(): string {
    return this.hint === '' ? this.message : `${this.message}; ${this.hint}`;
  }

  /** A question's own code and words in place of the table's. */
  static ofQuestion(error: QuestionError): ApiError {
    const isBusy = error.code === 'sql-busy';
    return Object.assign(new ApiError('bad-question', { reason: error.message }, error), {
      code: error.code,
      hint: error.hint,
      ...(isBusy ? { status: 503, retryAfterSeconds: limits.retryAfterSeconds } : {}),
    });
  }

  /** Words, caret and place as the language gives them. */
  static ofTraceql(error: TraceqlFailure): ApiError {
    const code = error.kind === 'unsupported' ? 'unsupported-traceql' : 'bad-traceql';
    const { line, column, at } = error;
    return Object.assign(new ApiError(code, { reason: error.message }, error), {
      at: { line, column, from: at.from, to: at.to },
    });
  }
}

/**
 * Whatever was thrown, as a refusal. What nobody expected is `internal`, with its cause kept.
 * @param bodyBytesMax of the route that was asked
 */
export function asApiError(thrown: unknown, bodyBytesMax: number = limits.bodyBytesMax): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof QuestionError) return ApiError.ofQuestion(thrown);
  if (isTraceqlFailure(thrown)) return ApiError.ofTraceql(thrown);
  return (
    engineError(thrown) ??
    frameworkError(thrown, bodyBytesMax) ??
    new ApiError('internal', {}, thrown)
  );
}

/** What `traceql` throws. */
type TraceqlFailure = Error & {
  readonly kind: string;
  readonly line: number;
  readonly column: number;
  readonly at: { readonly from: number; readonly to: number };
};

/** The language's error is known by name: this floor may not import `traceql`. */
export function isTraceqlFailure(thrown: unknown): thrown is TraceqlFailure {
  return thrown instanceof Error && thrown.name === 'TraceqlError';
}

/** The engine's errors are known by name: this floor may not import `store`. */
function engineError(thrown: unknown): ApiError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const reason = thrown.message;
  switch (thrown.name) {
    case 'EngineUnavailable':
      return new ApiError('engine-unavailable', { reason }, thrown);
    case 'StatementAborted':
    case 'AbortError':
      return new ApiError('client-left', {}, thrown);
    case 'StatementTimedOut':
      return new ApiError('query-timed-out', { reason }, thrown);
    case 'StatementRefused':
      return refusedStatement(thrown);
    default:
      return undefined;
  }
}

/** ClickHouse's CANNOT_COMPILE_REGEXP, for the few expressions that only the engine knows to be wrong: `a{2000}`. */
const cannotCompileRegexp = 427;

function refusedStatement(thrown: Error & { code?: number; overLimit?: boolean }): ApiError {
  const reason = thrown.message;
  if (thrown.overLimit === true) return new ApiError('query-too-large', { reason }, thrown);
  if (thrown.code !== cannotCompileRegexp)
    return new ApiError('engine-refused', { reason }, thrown);
  // Only RE2's own words: what surrounds them is SQL that the asker did not write.
  const words = /, error: (.+?)\. Look at /s.exec(reason)?.[1] ?? 'one that cannot be read';
  return new ApiError('bad-regular-expression', { reason: words }, thrown);
}

/** What fastify itself refuses before a handler runs. */
function frameworkError(thrown: unknown, bodyBytesMax: number): ApiError | undefined {
  const { code, statusCode, message } = (thrown ?? {}) as {
    code?: string;
    statusCode?: number;
    message?: string;
  };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ApiError('body-too-large', { limit: bodyBytesMax }, thrown);
  }
  const isClients = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  if (!isClients) return undefined;
  return new ApiError('bad-request', { reason: message ?? code ?? '' }, thrown);
}

/** The engine says itself when it expects to be back. */
function retryAfterSeconds(cause: unknown): number {
  const ms = (cause as { retryAfterMs?: number } | undefined)?.retryAfterMs;
  return ms === undefined ? limits.retryAfterSeconds : Math.max(1, Math.ceil(ms / 1000));
}

/** What every error answer holds. */
export type ErrorBody = {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly at?: TextPlace;
    readonly requestId: string;
  };
};

export function errorBody(error: ApiError, requestId: string): ErrorBody {
  const { code, message, hint, at } = error;
  const more = { ...(hint === '' ? {} : { hint }), ...(at === undefined ? {} : { at }) };
  return { error: { code, message, ...more, requestId } };
}

/** An unknown fact stays visible as `{name}`: the catalogue test looks for that. */
function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (slot, name: string) => String(facts[name] ?? slot));
}
