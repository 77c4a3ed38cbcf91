import { describe, expect, it } from 'vitest';
import { kept, plain } from '../test/kept.ts';
import { defaultResource, detectResource, type ResourceDetector } from './detect.ts';
import { Resource } from './resource.ts';
import { spanLimits } from './span-limits.ts';

describe('the resource', () => {
  it('J1 says what made the spans', () => {
    expect(defaultResource().attributes).toMatchObject({
      'service.name': 'unknown_service:node',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'clew',
    });
  });

  it('J2 cannot be changed', () => {
    const { attributes } = new Resource({ a: 1 });
    expect(Object.isFrozen(attributes)).toBe(true);
  });

  it('J3 merges: the later wins, even empty; two schema URLs leave none', () => {
    const old = new Resource({ a: 'x', b: 1 }, 'https://1');
    expect(old.merge(new Resource({ a: '' }))).toMatchObject({
      attributes: { a: '', b: 1 },
      schemaUrl: 'https://1',
    });
    expect(old.merge(new Resource({}, 'https://2')).schemaUrl).toBeUndefined();
  });

  it('J4 L2 reads the environment; the application wins, the service name beats the list', () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=list,a=b%20c,given=env',
      OTEL_SERVICE_NAME: 'name',
    };
    const { attributes } = detectResource({ given: 'code' }, env);
    expect(attributes).toMatchObject({ 'service.name': 'name', a: 'b c', given: 'code' });
  });

  it('J4 ignores a list with one bad pair', () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'a=1,b', OTEL_NODE_RESOURCE_DETECTORS: 'env' };
    expect(detectResource({}, env).attributes['a']).toBeUndefined();
  });

  it('J6 L14 knows its process and keeps one instance id', () => {
    const [one, two] = [detectResource({}, {}), detectResource({}, {})];
    expect(one.attributes['service.instance.id']).toBe(two.attributes['service.instance.id']);
    expect(one.attributes['process.pid']).toBe(process.pid);
    const none = detectResource({}, { OTEL_NODE_RESOURCE_DETECTORS: 'none' });
    expect(none.attributes['process.pid']).toBeUndefined();
  });
});

describe('detectors that need time', () => {
  it('J5 J7 G12 complete the resource before the first export; failures leave it as it is', async () => {
    let found: (value: string) => void = () => {};
    const slow = new Promise<string>((resolve) => {
      found = resolve;
    });
    const detectors: ResourceDetector[] = [
      { detect: () => ({ attributes: { 'container.id': slow, 'service.name': 'never' } }) },
      { detect: () => Promise.reject(new Error('no cloud')) },
    ];
    const resource = detectResource({ 'service.name': 'kept' }, {}, detectors);
    const { tracer, exporter, provider } = kept({ resource }, { maxExportBatchSize: 1 });
    expect(resource.asyncAttributesPending).toBe(true);
    tracer.startSpan('x').end();
    tracer.startSpan('y').end();
    expect(exporter.batches).toHaveLength(0);
    const flush = provider.forceFlush();
    found('c1');
    await flush;
    const [first] = exporter.traces();
    expect(plain(first!.resourceSpans[0]!.resource.attributes)).toMatchObject({
      'container.id': 'c1',
      'service.name': 'kept',
    });
    expect(exporter.spans()).toHaveLength(2);
    expect(resource.asyncAttributesPending).toBe(false);
  });
});

describe('span limits', () => {
  it('D6 L8 L9 take the nearest of code, span variable, general variable, default', () => {
    const env = { OTEL_ATTRIBUTE_COUNT_LIMIT: '5', OTEL_SPAN_EVENT_COUNT_LIMIT: '7' };
    expect(spanLimits({}, {}).attributeCountLimit).toBe(128);
    expect(spanLimits({}, env)).toMatchObject({ attributeCountLimit: 5, eventCountLimit: 7 });
    const more = { ...env, OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '6' };
    expect(spanLimits({}, more).attributeCountLimit).toBe(6);
    expect(spanLimits({ attributeCountLimit: 9 }, more).attributeCountLimit).toBe(9);
    expect(spanLimits({}, { OTEL_SPAN_LINK_COUNT_LIMIT: 'x' }).linkCountLimit).toBe(128);
  });
});
