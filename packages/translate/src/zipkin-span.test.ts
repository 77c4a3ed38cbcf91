import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, it } from 'vitest';
import { ARRIVED_MS, bytesOf, ids, plain, readV2, START } from '../test/zipkin-spans.ts';
import { zipkinJsonToOtlp } from './zipkin-json.ts';

function one(span: object) {
  const [found] = readV2({ ...ids, timestamp: START, ...span });
  if (found === undefined) throw new Error('no span');
  return found;
}

describe('a span', () => {
  it('keeps ids, name, kind and times', () => {
    const span = one({ parentId: 'b7ad6b7169203331', name: 'Get /', kind: 'CLIENT', duration: 7 });
    expect(span).toMatchObject({ name: 'Get /', kind: 3, startUs: START, durationUs: 7 });
    expect(span.ids).toEqual([ids.traceId, ids.id, 'b7ad6b7169203331']);
  });

  it.each([
    [{ traceId: 'ABC', id: '1' }, ['00000000000000000000000000000abc', '0000000000000001', '']],
    [{ parentId: ids.id }, [ids.traceId, ids.id, '']],
    [{ id: 'xyz' }, [ids.traceId, '00', '']],
    [{ traceId: '0'.repeat(33) }, ['00', ids.id, '']],
    [{ id: '' }, [ids.traceId, '00', '']],
  ])('of %j has the ids %j', (more, expected) => {
    expect(one(more).ids).toEqual(expected);
  });

  it.each([
    ['SERVER', {}, 2, {}],
    ['PRODUCER', {}, 4, {}],
    ['CONSUMER', {}, 5, {}],
    [undefined, {}, 0, {}],
    [undefined, { 'span.kind': 'internal' }, 1, {}],
    ['PROXY', {}, 0, { 'zipkin.kind': 'PROXY' }],
  ])('of kind %s with %j', (kind, tags, number, attributes) => {
    expect(one({ kind, tags })).toMatchObject({ kind: number, attributes });
  });

  it('without a start begins with its first annotation, or when it arrived', () => {
    const annotations = [
      { timestamp: START + 9, value: 'b' },
      { timestamp: START + 5, value: 'a' },
    ];
    const marked = { 'otel.zipkin.absentField.startTime': true };
    const noTime = { timestamp: undefined };
    expect(one({ ...noTime, annotations })).toMatchObject({
      startUs: START + 5,
      attributes: marked,
    });
    expect(one({ ...noTime, duration: 10 })).toMatchObject({
      startUs: ARRIVED_MS * 1000 - 10,
      durationUs: 10,
    });
  });

  it('has both its endpoints', () => {
    const span = one({
      localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1', ipv6: '::1', port: 80 },
      remoteEndpoint: { serviceName: 'db', ipv6: '2001:db8::1', port: 5432 },
    });
    expect(span.resource).toEqual({ 'service.name': 'web' });
    expect(span.attributes).toEqual({
      'network.local.address': '10.0.0.1',
      'zipkin.local.ipv6': '::1',
      'network.local.port': 80n,
      'peer.service': 'db',
      'network.peer.address': '2001:db8::1',
      'network.peer.port': 5432n,
    });
  });

  it('keeps what it says itself where an endpoint says it too', () => {
    const tags = { 'peer.service': 'mine', 'network.peer.port': '1' };
    const span = one({ tags, remoteEndpoint: { serviceName: 'theirs', port: 2 } });
    expect(span.attributes).toEqual(tags);
  });

  it.each<[string, Record<string, unknown>, number, string, object]>([
    ['nothing', {}, 0, '', {}],
    ['an error without words', { error: '' }, 2, '', {}],
    ['error true', { error: 'true' }, 2, '', {}],
    ['error false, which is one', { error: 'false' }, 2, '', {}],
    ['an error with words', { error: 'gone' }, 2, 'gone', {}],
    ['a boolean', { error: true }, 2, '', {}],
    ['a code', { 'otel.status_code': 'OK' }, 1, '', {}],
    ['a code of old', { 'otel.status_code': 'STATUS_CODE_ERROR' }, 2, '', {}],
    ['an error before the code', { 'otel.status_code': 'OK', error: 'x' }, 2, 'x', {}],
    [
      'a description',
      { 'otel.status_code': 'ERROR', 'otel.status_description': 'd', error: 'e' },
      2,
      'd',
      { error: 'e' },
    ],
    ['a strange code', { 'otel.status_code': 'HM' }, 0, '', { 'otel.status_code': 'HM' }],
  ])('with %s has its status', (_what, tags, code, text, attributes) => {
    expect(one({ tags })).toMatchObject({ status: { code, message: text } });
    expect(one({ tags }).attributes).toEqual(attributes);
  });

  it('has state, scope, links, counts and resource from their tags', () => {
    const span = one({
      tags: {
        'w3c.tracestate': 'a=1',
        'otel.library.name': 'old',
        'otel.scope.name': 'shop',
        'otel.library.version': '2',
        'otlp.link.0': `${ids.traceId}|${ids.id}|b=2|{"why":"retry","n":2}|3`,
        'otlp.link.1': 'no link',
        'otel.dropped_attributes_count': '4',
        'host.name': 'a1',
        'telemetry.sdk.name': 'x',
        hosts: 'no resource',
      },
    });
    expect(span).toMatchObject({
      traceState: 'a=1',
      scope: ['shop', '2'],
      droppedAttributesCount: 4,
      resource: { 'host.name': 'a1', 'telemetry.sdk.name': 'x' },
      attributes: { 'otlp.link': 'no link', hosts: 'no resource' },
    });
    const [link] = span.links;
    expect(link).toMatchObject({ traceState: 'b=2', droppedAttributesCount: 3 });
    expect(plain(link?.attributes ?? [])).toEqual({ why: 'retry', n: 2n });
  });

  it('says that it was shared and debugged', () => {
    expect(one({ shared: true, debug: true }).attributes).toEqual({
      'zipkin.shared': true,
      'zipkin.debug': true,
    });
  });

  it('may say null for whatever it does not know', () => {
    const nothing = {
      kind: null,
      tags: null,
      annotations: null,
      localEndpoint: null,
      shared: null,
    };
    expect(one(nothing)).toMatchObject({ kind: 0, attributes: {}, events: [] });
  });
});

describe('an annotation', () => {
  it.each<[string, string, object, number]>([
    ['plain', 'plain', {}, 0],
    ['"a b": {"n": 1, "x": [true, "y"]}', 'a b', { n: 1n, x: expect.anything() }, 0],
    ['{"a": {"n": 1.5}}', 'a', { n: 1.5 }, 0],
    ['a|{"n":"x"}|3', 'a', { n: 'x' }, 3],
    ['a|b|{"n":"x|{}|1"}|3', 'a|b', { n: 'x|{}|1' }, 3],
    ['{"a": 1}', '{"a": 1}', {}, 0],
    ['{"a": {}, "b": {}}', '{"a": {}, "b": {}}', {}, 0],
    ['"a": {broken}', '"a": {broken}', {}, 0],
    ['a|b|3', 'a|b|3', {}, 0],
    ['{"a": {"deep": {"er": 1}}}', 'a', { deep: '{"er":1}' }, 0],
  ])('%s', (value, name, attributes, dropped) => {
    const { events } = one({ annotations: [{ timestamp: START + 1, value }] });
    expect(events).toEqual([{ name, us: START + 1, attributes, dropped }]);
  });
});

describe('spans of several senders', () => {
  it('are grouped by service, resource and scope', () => {
    const span = (serviceName: string, tags = {}) => ({
      ...ids,
      localEndpoint: { serviceName },
      tags,
    });
    const otlp = zipkinJsonToOtlp(
      bytesOf([span('a'), span('b'), span('a'), span('a', { 'host.name': 'x' })]),
      ARRIVED_MS,
    );
    const groups = decodeTraces(otlp).resourceSpans.map(
      ({ scopeSpans }) => scopeSpans[0]?.spans.length,
    );
    expect(groups).toEqual([2, 1, 1]);
  });
});
