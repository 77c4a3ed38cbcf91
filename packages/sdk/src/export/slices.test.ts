import { expect, it } from 'vitest';
import { KeptExporter } from '../../test/kept.ts';
import { BatchSpanProcessor } from '../batch/batch-processor.ts';
import { Resource } from '../resource.ts';
import { ClewTracerProvider } from '../tracer-provider.ts';
import { otlpJson, otlpJsonInTurns } from './otlp-json.ts';
import { slicesOf } from './slices.ts';

/** A batch of two resources with two scopes each. */
async function batch(spans: number): Promise<Uint8Array> {
  const exporter = new KeptExporter();
  const processor = new BatchSpanProcessor(exporter);
  for (const name of ['a', 'b']) {
    const resource = new Resource({ 'service.name': name });
    const provider = new ClewTracerProvider({ resource, spanProcessors: [processor] });
    for (const scope of ['one', 'two']) {
      const tracer = provider.getTracer(scope, '1', { schemaUrl: 'https://schemas.example/1' });
      for (let at = 0; at < spans; at += 1) {
        tracer.startSpan(`${name} ${scope} ${at}`, { attributes: { text: 'x'.repeat(at) } }).end();
      }
    }
  }
  await processor.forceFlush();
  return exporter.batches[0]!.body;
}

interface Told {
  resourceSpans: { resource: unknown; scopeSpans: { scope: unknown; spans: unknown[] }[] }[];
}

/** Every span with what is said of it, however often that is repeated. */
const flat = ({ resourceSpans }: Told) =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans, ...about }) => spans.map((span) => ({ resource, about, span }))),
  );

it('slices hold together what the batch holds, in its order', async () => {
  const body = await batch(100);
  const slices = [...slicesOf(body, 2048)];
  expect(slices.length).toBeGreaterThan(8);
  expect(Math.max(...slices.map(({ length }) => length))).toBeLessThan(3072);
  const told = (bytes: Uint8Array) => flat(JSON.parse(otlpJson(bytes)) as Told);
  expect(slices.flatMap(told)).toEqual(told(body));
});

it('text that is made in turns says the same as text made at once', async () => {
  const body = await batch(100);
  const text = JSON.parse(String(await otlpJsonInTurns(body))) as Told;
  expect(flat(text)).toEqual(flat(JSON.parse(otlpJson(body)) as Told));
  expect(flat(text)).toHaveLength(400);
  expect(String(await otlpJsonInTurns(new Uint8Array()))).toBe('{"resourceSpans":[]}');
});
