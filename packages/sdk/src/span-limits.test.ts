/** What limits do to whole spans, and what they leave alone. */
import { diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../test/diagnostics.ts';
import { kept, plain } from '../test/kept.ts';
import { Resource } from './resource.ts';

afterEach(() => diag.disable());

describe('attributes', () => {
  it('C4 are exported with no key twice', async () => {
    const { tracer, spans } = kept();
    const span = tracer.startSpan('x', { attributes: { a: 1, b: 2 } });
    for (let at = 0; at < 40; at += 1) span.setAttribute(`k${at % 20}`, at);
    span.setAttributes({ a: 3 }).end();
    const keys = (await spans())[0]!.attributes.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('D7 are said to be discarded at most once a span', () => {
    const { tracer } = kept({ spanLimits: { attributeCountLimit: 1 } });
    const heard = listen();
    const span = tracer.startSpan('x');
    for (const key of 'abcdef') span.setAttribute(key, 1);
    span.end();
    expect(heard).toHaveLength(1);
  });

  it('D8 of the resource are not limited', async () => {
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
