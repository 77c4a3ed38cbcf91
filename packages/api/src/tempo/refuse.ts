/**
 * Errors → answers as Tempo gives them: plain text, and for TraceQL where in the text the mistake is, drawn with a caret.
 *
 * Never knows: which route failed.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadAsk } from '../ask/parameters.ts';
import { asApiError, isTraceqlFailure } from '../errors.ts';
import type { Log } from '../parts.ts';
import { understand } from '../refuse.ts';

export function refuseAsTempo(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, message } = told(thrown, () => understand(thrown, request, reply, log));
    return reply
      .code(status)
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(message);
  };
}

export type Told = { readonly status: number; readonly message: string };

/** The words for what was thrown; `understood` is asked when neither this face nor the language threw it. */
export function told(thrown: unknown, understood = () => asApiError(thrown)): Told {
  if (thrown instanceof BadAsk) return thrown;
  if (isTraceqlFailure(thrown)) return { status: 400, message: traceqlWords(thrown) };
  const { status, words } = understood();
  return { status, message: words };
}

/** What Go's router answers, and Tempo with it. */
export function nothingThere(): BadAsk {
  return new BadAsk('404 page not found\n', 404);
}

type TraceqlFailure = Error & { readonly kind: string };

/**
 * `parse error at line 1, col 7: …` and the drawing below. The prefix is what search puts before it; endpoints of metrics
 * put none, and drop it again in `withoutPrefix`.
 */
function traceqlWords({ kind, message }: TraceqlFailure): string {
  const said = message.replace(/^line (\d+), column (\d+)/, 'line $1, col $2');
  return `${searchPrefix}${kind === 'syntax' ? 'parse error at ' : ''}${said}`;
}

const searchPrefix = 'invalid TraceQL query: ';

/** What was thrown, in the words of the endpoints of metrics. */
export function withoutPrefix(thrown: unknown): unknown {
  if (!isTraceqlFailure(thrown)) return thrown;
  return new BadAsk(traceqlWords(thrown).slice(searchPrefix.length));
}
