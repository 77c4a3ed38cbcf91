/**
 * `/live`: the process runs. `/ready`: it can answer questions. For supervisors and load balancers.
 *
 * Never knows: why the engine is not ready.
 */
import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { limits } from './limits.ts';
import type { EngineView } from './parts.ts';

const liveAnswer = v.object({ live: v.literal(true) });
const readyAnswer = v.object({
  ready: v.boolean(),
  engine: v.picklist(['ready', 'starting', 'down']),
});

export function healthRoutes(app: FastifyInstance, engine: EngineView): void {
  const live = { summary: 'The process runs', tags: ['health'], response: { 200: liveAnswer } };
  app.get('/live', { schema: live }, () => ({ live: true }));

  const response = { 200: readyAnswer, 503: readyAnswer };
  const ready = { summary: 'Questions can be answered', tags: ['health'], response };
  app.get('/ready', { schema: ready }, (_, reply) => {
    const state = engine.state();
    if (state !== 'ready') reply.code(503).header('retry-after', limits.retryAfterSeconds);
    return { ready: state === 'ready', engine: state };
  });
}
