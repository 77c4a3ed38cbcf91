/** Requirements that belong to no single file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Context,
  context,
  type DiagLogger,
  DiagLogLevel,
  diag,
  type Meter,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { kept, plain } from '../test/kept.ts';
import { ObjectBatchProcessor } from './batch/foreign-exporter.ts';
import { randomIds, reseedAfterFork } from './ids.ts';
import type { ReadableSpan, SpanProcessor } from './readable-span.ts';
import { Resource } from './resource.ts';
import { RECORD, SAMPLE, type Sampler } from './sampler.ts';
import { alwaysOff, alwaysOn, alwaysRecord } from './samplers/always.ts';
import { selfMetrics } from './self-metrics.ts';
import { start } from './start.ts';

afterEach(() => {
  diag.disable();
});

/** What the API's logger hears. */
function listen(): string[] {
  const heard: string[] = [];
  const hear = (...said: unknown[]) => heard.push(said.map(String).join(' '));
  const logger: DiagLogger = { error: hear, warn: hear, info: hear, debug: hear, verbose: hear };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  heard.length = 0;
  return heard;
}

const quiet: Pick<SpanProcessor, 'forceFlush' | 'shutdown'> = {
  async forceFlush() {},
  async shutdown() {},
};

describe('the provider', () => {
  it('A4 is one of many, each with its own processors and sampler', async () => {
    const one = kept();
    const two = kept({ sampler: alwaysOff });
    one.tracer.startSpan('x').end();
    two.tracer.startSpan('y').end();
    expect((await one.spans()).map(({ name }) => name)).toEqual(['x']);
    expect(await two.spans()).toEqual([]);
  });

  it('A8 says of a tracer whether anybody would see its spans', async () => {
    const { provider, tracer } = kept();
    const enabled = (one: typeof tracer) => (one as unknown as { enabled(): boolean }).enabled();
    expect(enabled(tracer)).toBe(true);
    await provider.shutdown();
    expect(enabled(tracer)).toBe(false);
    const off = kept({ tracerConfigurator: () => ({ enabled: false }) });
    expect(enabled(off.tracer)).toBe(false);
  });

  it('A9 switches tracers off by their scope; they pass contexts on', async () => {
    const tracerConfigurator = ({ name }: { name: string }) => ({ enabled: name !== 'noisy' });
    const { provider, spans } = kept({ tracerConfigurator });
    const outer = provider.getTracer('quiet').startSpan('outer');
    const inner = provider
      .getTracer('noisy')
      .startSpan('inner', {}, trace.setSpan(ROOT_CONTEXT, outer));
    expect(inner.isRecording()).toBe(false);
    expect(inner.spanContext()).toEqual(outer.spanContext());
    inner.end();
    outer.end();
    expect((await spans()).map(({ name }) => name)).toEqual(['outer']);
  });

  it('A10 bears calls from inside of calls', async () => {
    const { provider, tracer, spans } = kept();
    provider.addSpanProcessor({
      ...quiet,
      onStart: () => void provider.getTracer('inner'),
      onEnd(span) {
        if (span.name === 'outer') provider.getTracer('inner').startSpan('inner').end();
        void provider.forceFlush();
      },
    });
    tracer.startSpan('outer').end();
    const flushes = [provider.forceFlush(), provider.forceFlush(), spans()];
    await Promise.all(flushes);
    expect((await spans()).map(({ name }) => name).sort()).toEqual(['inner', 'outer']);
    await Promise.all([provider.shutdown(), provider.shutdown(), provider.forceFlush()]);
  });
});

describe('the creation of a span', () => {
  it('B4 E1 asks the sampler with the trace id, then for a span id', async () => {
    const order: string[] = [];
    const questions: unknown[][] = [];
    const sampler: Sampler = {
      shouldSample(...question) {
        order.push('sampler');
        questions.push(question);
        return { decision: SAMPLE };
      },
      toString: () => 'Mine',
    };
    const idGenerator = {
      generateTraceId() {
        order.push('trace id');
        return 'a'.repeat(32);
      },
      generateSpanId() {
        order.push('span id');
        return 'b'.repeat(16);
      },
    };
    const { tracer } = kept({ sampler, idGenerator });
    const links = [{ context: { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 } }];
    tracer.startSpan('x', { kind: SpanKind.CLIENT, attributes: { a: 1 }, links }).end();
    expect(order).toEqual(['trace id', 'sampler', 'span id']);
    const [asked, traceId, ...rest] = questions[0]!;
    expect(trace.getSpan(asked as Context)).toBeUndefined();
    expect([traceId, ...rest]).toEqual(['a'.repeat(32), 'x', SpanKind.CLIENT, { a: 1 }, links]);
  });

  it('B12 takes times as HrTime, Date, epoch and performance.now, also from before the process', async () => {
    const { tracer, spans } = kept();
    const past = 1_700_000_000_000;
    const now = performance.now();
    const times = [[1_700_000_000, 5], new Date(past), past, now, past + 0.5] as const;
    for (const startTime of times) tracer.startSpan('x', { startTime: startTime as never }).end();
    const found = (await spans()).map(({ startTimeUnixNano }) => startTimeUnixNano);
    const ns = BigInt(past) * 1_000_000n;
    expect([found[0], found[1], found[2], found[4]]).toEqual([ns + 5n, ns, ns, ns + 500_000n]);
    expect(Math.abs(Number(found[3]) / 1e6 - (performance.timeOrigin + now))).toBeLessThan(2);
  });

  it('B14 children of what is not sampled here share its trace', () => {
    const { tracer } = kept({ sampler: alwaysOff });
    const root = tracer.startSpan('a');
    const child = tracer.startSpan('b', {}, trace.setSpan(ROOT_CONTEXT, root));
    expect(child.isRecording()).toBe(false);
    expect(child.spanContext().traceId).toBe(root.spanContext().traceId);
  });
});

describe('a span', () => {
  it('C4 exports no key twice', async () => {
    const { tracer, spans } = kept();
    const span = tracer.startSpan('x', { attributes: { a: 1, b: 2 } });
    for (let at = 0; at < 40; at += 1) span.setAttribute(`k${at % 20}`, at);
    span.setAttributes({ a: 3 }).end();
    const keys = (await spans())[0]!.attributes.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('C16 G9 records for processors what is not to be exported', async () => {
    const seen: ReadableSpan[] = [];
    const exported: string[] = [];
    const objects = new ObjectBatchProcessor({
      export(spans, done) {
        exported.push(...spans.map(({ name }) => name));
        done({ code: 0 });
      },
      async shutdown() {},
    });
    const listener = {
      ...quiet,
      onStart() {},
      onEnd: (span: ReadableSpan) => void seen.push(span),
    };
    const { tracer, spans } = kept({
      sampler: alwaysRecord(alwaysOff),
      spanProcessors: [listener, objects],
    });
    const span = tracer.startSpan('x');
    expect(span.isRecording()).toBe(true);
    expect(span.spanContext().traceFlags & 1).toBe(0);
    span.setAttribute('a', 1).end();
    expect(seen[0]?.attributes).toEqual({ a: 1 });
    expect(await spans()).toEqual([]);
    expect(exported).toEqual([]);
    expect(alwaysRecord(alwaysOff).shouldSample(ROOT_CONTEXT, '', '', 0, {}, []).decision).toBe(
      RECORD,
    );
  });

  it('C17 that records nothing keeps its context and answers itself', () => {
    const { tracer } = kept({ sampler: alwaysOff });
    const span = tracer.startSpan('x');
    const before = span.spanContext();
    const link = { context: before };
    expect(span.setAttribute('a', 1)).toBe(span);
    expect(span.setAttributes({}).addEvent('e').addLink(link).addLinks([link])).toBe(span);
    expect(span.setStatus({ code: 1 }).updateName('y')).toBe(span);
    span.recordException(new Error('x'));
    span.end();
    expect(span.spanContext()).toBe(before);
  });

  it('D7 says at most once that attributes are discarded', () => {
    const { tracer } = kept({ spanLimits: { attributeCountLimit: 1 } });
    const heard = listen();
    const span = tracer.startSpan('x');
    for (const key of 'abcdef') span.setAttribute(key, 1);
    span.end();
    expect(heard).toHaveLength(1);
  });

  it('D8 does not limit the resource', async () => {
    const attributes = Object.fromEntries([...'abcdef'].map((key) => [key, 'long']));
    const limits = { attributeCountLimit: 1, attributeValueLengthLimit: 1 };
    const resource = new Resource(attributes);
    const { tracer, spans, exporter } = kept({ resource, spanLimits: limits });
    tracer.startSpan('x').end();
    await spans();
    const [found] = exporter.traces()[0]!.resourceSpans;
    expect(plain(found!.resource.attributes)).toEqual(attributes);
  });
});

describe('ids', () => {
  it('F3 of a generator that says so carry the random flag', () => {
    const make = (isRandom?: boolean) => {
      const ids = { ...randomIds, generateTraceId: () => 'a'.repeat(32) };
      const idGenerator =
        isRandom === undefined ? { ...ids, isRandom: false } : { ...ids, isRandom };
      return kept({ idGenerator }).tracer.startSpan('x').spanContext().traceFlags;
    };
    expect([make(true), make()]).toEqual([3, 1]);
  });

  it('F4 come from fresh randomness in a copied process', () => {
    const { pid } = process;
    Object.defineProperty(process, 'pid', { value: pid + 1, configurable: true });
    reseedAfterFork();
    const id = randomIds.generateSpanId();
    Object.defineProperty(process, 'pid', { value: pid, configurable: true });
    reseedAfterFork();
    expect(id).not.toBe(randomIds.generateSpanId());
  });
});

describe('processors and exporters', () => {
  it('H1 H3 I16 I18 each destination has its own queue; what one loses is counted there', async () => {
    const good = kept();
    const bad = kept();
    bad.exporter.send = async () => false;
    const { tracer, provider } = kept({ spanProcessors: [good.processor, bad.processor] });
    tracer.startSpan('x').end();
    await provider.forceFlush();
    expect(good.processor.stats()).toMatchObject({ sent: 1, dropped: {} });
    expect(bad.processor.stats()).toMatchObject({ sent: 0, dropped: { export_failed: 1 } });
    expect([good.exporter.flushes, bad.exporter.flushes]).toEqual([1, 1]);
  });

  it('I15 sends schema addresses, and whether parents and links are remote', async () => {
    const resource = new Resource({}, 'https://example.com/r');
    const { provider, spans, exporter } = kept({ resource });
    const tracer = provider.getTracer('t', '1', { schemaUrl: 'https://example.com/s' });
    const remote = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
      isRemote: true,
    };
    tracer
      .startSpan('x', { links: [{ context: remote }] }, trace.setSpanContext(ROOT_CONTEXT, remote))
      .end();
    const [span] = await spans();
    expect([span!.flags & 0x300, span!.links[0]!.flags & 0x300]).toEqual([0x300, 0x300]);
    const [found] = exporter.traces()[0]!.resourceSpans;
    expect(found!.schemaUrl).toBe('https://example.com/r');
    expect(found!.scopeSpans[0]!.schemaUrl).toBe('https://example.com/s');
  });
});

describe('the start', () => {
  const ignored = { OTEL_SERVICE_NAME: 'x', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'absent' };
  const processorsOf = (exporters: string) => {
    const started = start({ env: { ...ignored, OTEL_TRACES_EXPORTER: exporters } });
    const { processors } = started.provider.stats();
    trace.disable();
    context.disable();
    propagation.disable();
    void started.shutdown();
    return processors.length;
  };

  it('L10 takes a list of exporters; none is none, unknown ones are reported', () => {
    expect(processorsOf('')).toBe(1);
    expect(processorsOf('otlp,zipkin')).toBe(2);
    expect(processorsOf('none')).toBe(0);
    expect(processorsOf('console,carrier-pigeon')).toBe(1);
  });

  it('L3 takes the level of the log, whatever its case; info when it is none', () => {
    const set = vi.spyOn(diag, 'setLogger');
    const levels = ['', 'ERROR', 'loud'].map((level) => {
      const env = { ...ignored, OTEL_LOG_LEVEL: level, OTEL_TRACES_EXPORTER: 'none' };
      void start({ env }).shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
      const [, choices] = set.mock.lastCall ?? [];
      return (choices as unknown as { logLevel: DiagLogLevel }).logLevel;
    });
    set.mockRestore();
    expect(levels).toEqual([DiagLogLevel.INFO, DiagLogLevel.ERROR, DiagLogLevel.INFO]);
  });
});

describe('errors inside of the SDK', () => {
  it('M3 never reach the application, and are told to the logger of the API', async () => {
    const fails = (): never => {
      throw new Error('broken');
    };
    const broken: SpanProcessor = {
      onStart: fails,
      onEnding: fails,
      onEnd: fails,
      forceFlush: () => Promise.reject(new Error('broken')),
      shutdown: () => Promise.reject(new Error('broken')),
    };
    const sampler: Sampler = { shouldSample: fails, toString: () => 'Broken' };
    const heard = listen();
    const dropping = kept({ sampler });
    dropping.tracer.startSpan('x').end();
    const { tracer, processor, exporter } = kept({ sampler: alwaysOn, spanProcessors: [broken] });
    const hostile = {
      get message(): string {
        throw new Error('no message');
      },
    };
    const span = tracer.startSpan(undefined as never, { attributes: null as never });
    span.setAttribute(null as never, 1).setAttribute('f', (() => {}) as never);
    span.setAttributes(undefined as never).setAttributes(null as never);
    span.addEvent(undefined as never, 'x' as never).addLink(undefined as never);
    span.addLinks(undefined as never);
    span.setStatus(undefined as never).updateName(Symbol('s') as never);
    span.recordException(hostile as never);
    span.end('yesterday' as never);
    span.end();
    await processor.forceFlush();
    expect(exporter.spans()).toHaveLength(1);
    expect(heard.some((line) => line.includes('broken'))).toBe(true);
  });

  it('M3 are said once per episode of drops', async () => {
    const { tracer } = kept({}, { maxQueueSize: 1, maxExportBatchSize: 1 });
    const heard = listen();
    for (let at = 0; at < 5; at += 1) tracer.startSpan('x').end();
    expect(heard.filter((line) => line.includes('dropped'))).toHaveLength(1);
  });
});

describe('metrics of the SDK itself', () => {
  it('M4 G10 are read when somebody asks', async () => {
    const { provider, tracer, spans } = kept();
    const found = new Map<string, number>();
    let observe: ((result: { observe(what: string, value: number): void }) => void) | undefined;
    const name = (what: string) => what;
    const meter = {
      createObservableCounter: name,
      createObservableUpDownCounter: name,
      addBatchObservableCallback(callback: typeof observe) {
        observe = callback;
      },
      removeBatchObservableCallback() {
        observe = undefined;
      },
    } as unknown as Meter;
    const stop = selfMetrics(provider, meter);
    tracer.startSpan('open');
    tracer.startSpan('x').end();
    await spans();
    observe?.({ observe: (what, value) => found.set(what, value) });
    expect(Object.fromEntries(found)).toEqual({
      'otel.sdk.span.started': 2,
      'otel.sdk.span.live': 1,
      'otel.sdk.processor.span.queue.size': 0,
      'otel.sdk.processor.span.queue.capacity': 2048,
      'otel.sdk.processor.span.processed': 1,
    });
    stop();
    expect(observe).toBeUndefined();
  });
});

describe('the package', () => {
  it('M7 evaluates no text as program', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    expect(sources.length).toBeGreaterThan(60);
    for (const file of sources) {
      const text = readFileSync(join(import.meta.dirname, file), 'utf8');
      expect(text, file).not.toMatch(/\beval\(|new Function\(/);
    }
  });
});
