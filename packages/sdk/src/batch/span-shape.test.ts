import { describe, expect, it } from 'vitest';
import { kept, plain } from '../../test/kept.ts';

describe('the shape of spans', () => {
  it('changes nothing of what is sent, whatever the spans have in common', async () => {
    const { tracer, spans } = kept();
    const wanted: Record<string, unknown>[] = [];
    for (let at = 0; at < 200; at += 1) {
      const attributes: Record<string, string | number | boolean | string[]> = {
        'http.request.method': 'GET',
        'url.path': `/orders/${at}`,
        'http.response.status_code': at % 7 === 0 ? 500 : 200,
        'http.route': '/orders/:id',
        tags: ['a', 'b'],
        long: 'x'.repeat(at % 3 === 0 ? 600 : 3),
      };
      if (at % 5 === 0) delete attributes['url.path'];
      if (at % 11 === 0) attributes['added'] = true;
      wanted.push(attributes);
      tracer.startSpan(at % 13 === 0 ? 'other' : 'GET', { attributes }).end();
    }
    const found = (await spans()).map((span) => plain(span.attributes));
    expect(found.map((one) => ({ ...one, tags: undefined }))).toEqual(
      wanted.map((one) => ({
        ...one,
        tags: undefined,
        'http.response.status_code': BigInt(one['http.response.status_code'] as number),
      })),
    );
  });

  it('D1 lists that are used again know which keys are new', async () => {
    const { tracer, spans } = kept({ spanLimits: { attributeCountLimit: 3 } });
    for (const keys of ['abc', 'abc', 'acb', 'aab', 'abcd', 'ab', 'abd', 'bab', 'abca']) {
      const span = tracer.startSpan(keys);
      [...keys].forEach((key, at) => {
        span.setAttribute(key, String(at));
      });
      span.end();
    }
    for (const { name, attributes, droppedAttributesCount } of await spans()) {
      const wanted = [...new Set(name)].slice(0, 3);
      const last = wanted.map((key) => [key, String(name.lastIndexOf(key))]);
      expect(plain(attributes)).toEqual(Object.fromEntries(last));
      expect(droppedAttributesCount).toBe(new Set(name).size - wanted.length);
    }
  });
});
