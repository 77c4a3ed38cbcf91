/**
 * A small shop traced with Jaeger's own client for Node, unmodified: over UDP (binary Thrift) or over HTTP.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

/** As much of its interface as is used here; the package has no types. */
interface Span {
  context(): { traceIdStr: string; spanIdStr: string };
  setTag(key: string, value: unknown): Span;
  log(fields: Record<string, unknown>): Span;
  finish(): void;
}
interface Tracer {
  startSpan(name: string, options?: object): Span;
  close(done: () => void): void;
}
interface Client {
  initTracer(config: object, options: object): Tracer;
}
interface OpenTracing {
  followsFrom(context: unknown): object;
  childOf(context: unknown): object;
}

const require = createRequire(import.meta.url);

export interface JaegerReport {
  readonly traceId: string;
  readonly root: string;
  readonly call: string;
  readonly after: string;
}

export type JaegerPlace =
  | { readonly agentHost: string; readonly agentPort: number }
  | { readonly collectorEndpoint: string };

/** `web` serves, calls, and something follows. Resolves when everything was handed to the network. */
export async function reportWithJaeger(
  place: JaegerPlace,
  is128Bit: boolean,
): Promise<JaegerReport> {
  const { initTracer } = require('jaeger-client') as Client;
  const { followsFrom } = require('opentracing') as OpenTracing;
  const problems: string[] = [];
  const logger = { info: () => undefined, error: (message: string) => problems.push(message) };
  const tracer = initTracer(
    {
      serviceName: 'web',
      traceId128bit: is128Bit,
      sampler: { type: 'const', param: 1 },
      reporter: { ...place, flushIntervalMs: 50 },
    },
    { tags: { 'shop.version': '1.2.3' }, logger },
  );
  const root = tracer.startSpan('GET /checkout', { tags: { 'span.kind': 'server' } });
  root.setTag('http.status_code', 200).setTag('cart.total', 19.5).setTag('cart.vip', true);
  root.log({ event: 'cart loaded', items: 3 });
  await sleep(2);
  const call = tracer.startSpan('reserve', { childOf: root, tags: { 'span.kind': 'client' } });
  call.setTag('error', true).setTag('peer.service', 'stock').setTag('sku', 'a-1');
  call.log({ event: 'error', message: 'out of stock' });
  await sleep(2);
  call.finish();
  const after = tracer.startSpan('mail', { references: [followsFrom(root.context())] });
  after.finish();
  root.finish();
  const ids = [root, call, after].map((span) => span.context());
  await new Promise<void>((resolve) => tracer.close(resolve));
  if (problems.length > 0) throw new Error(problems.join('; '));
  const [first, second, third] = ids.map(({ spanIdStr }) => spanIdStr.padStart(16, '0'));
  return {
    traceId: (ids[0]?.traceIdStr ?? '').padStart(32, '0'),
    root: first ?? '',
    call: second ?? '',
    after: third ?? '',
  };
}
