/**
 * `/api/transform`: OTLP/JSON from a file of the user's, in Jaeger's JSON, for a page that shows it. Nothing is kept.
 *
 * Never knows: what is stored.
 */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Span } from '@clew/query';
import { limits } from '../limits.ts';
import { paced } from '../native/paced.ts';
import type { App } from '../typed-app.ts';
import { unlisted } from './routes.ts';
import { traceJson } from './trace-json.ts';
import { uploadedSpans } from './uploaded.ts';

export function transformRoutes(app: App): void {
  const upload = {
    ...unlisted,
    config: { takesPost: true },
    bodyLimit: limits.uploadBytesMax,
  };
  app.post('/transform', upload, async ({ body }, reply) => {
    const traces = await tracesIn(body);
    reply.header('cache-control', 'no-store').type('application/json');
    return reply.send(Readable.from(paced(tracesJson(traces))));
  });
}

type Traces = ReadonlyMap<string, readonly Span[]>;

/** In the order in which they first appear. Others have their turn while a long file is read. */
async function tracesIn(body: unknown): Promise<Traces> {
  const traces = new Map<string, Span[]>();
  let read = 0;
  for (const span of uploadedSpans(body)) {
    const known = traces.get(span.traceId);
    if (known === undefined) traces.set(span.traceId, [span]);
    else known.push(span);
    if (++read % limits.spansPerChunk === 0) await setImmediate();
  }
  return traces;
}

function* tracesJson(traces: Traces): Generator<string> {
  let before = '{"data":[';
  for (const [traceId, spans] of traces) {
    yield before;
    yield* traceJson(spans, { traceId, raw: false });
    before = ',';
  }
  yield `${before === ',' ? '' : before}],"total":0,"limit":0,"offset":0,"errors":null}`;
}
